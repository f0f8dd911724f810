"""A plausible branch router for those who bring none: the customer gateway of the AWS Japan guide's example."""

from .release import Release

_XE_HEAD = """\
!
version {version}
service timestamps debug datetime msec
service timestamps log datetime msec
platform qfp utilization monitor load 80
no platform punt-keepalive disable-kernel-core
!
hostname cgw-router
!
boot-start-marker
boot-end-marker
!
!
no aaa new-model
!
no ip domain lookup
!
username {user} privilege 15 secret 9 $9$not.a.real.hash
!
redundancy
!
"""

_IOS_HEAD = """\
!
version {version}
service timestamps debug datetime msec
service timestamps log datetime msec
no service password-encryption
!
hostname cgw-router
!
boot-start-marker
boot-end-marker
!
!
no aaa new-model
!
ip cef
no ip domain lookup
!
multilink bundle-name authenticated
!
username {user} privilege 15 secret 5 $1$not.a.real.hash
!
redundancy
!
"""

_BODY = """\
archive
 path {flash}:config
!
interface {wan}
 description Internet
 ip address 203.0.113.100 255.255.255.0
{duplex}!
interface {lan}
 description LAN
 ip address 192.168.10.1 255.255.255.0
{duplex}!
ip forward-protocol nd
!
no ip http server
no ip http secure-server
ip route 0.0.0.0 0.0.0.0 203.0.113.1
!
control-plane
!
line con 0
 logging synchronous
 stopbits 1
line vty 0 4
 login local
 transport input ssh
!
end
"""


def default_running_config(release: Release, user: str) -> str:
    """Return the running-config of a router fresh from its installer."""
    head = _XE_HEAD if release.is_xe else _IOS_HEAD
    duplex = " negotiation auto\n" if release.is_xe else " duplex auto\n speed auto\n"
    body = _BODY.format(flash=release.flash, wan=release.wan, lan=release.lan, duplex=duplex)
    return head.format(version=release.config_version, user=user) + body
