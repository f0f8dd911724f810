"""The IOS releases that the router can play, and how they differ."""

from dataclasses import dataclass, field, replace

_MODERN_KEX = ("curve25519-sha256", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "diffie-hellman-group14-sha256")
_CTR = ("aes128-ctr", "aes192-ctr", "aes256-ctr")


@dataclass(frozen=True, slots=True)
class SshAlgorithms:
    """What the router's SSH server offers, in OpenSSH's words."""

    kex: tuple[str, ...]
    encryption: tuple[str, ...]
    mac: tuple[str, ...]
    signature: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A router's software and what follows from it.

    `weak` is what it does with the words of Cisco's FN72510: ``accept``, ``warn`` (17.6) or ``refuse`` (17.11 and later).
    """

    name: str
    version: str
    platform: str
    is_xe: bool
    flash: str
    wan: str
    lan: str
    ssh: SshAlgorithms
    config_version: str
    weak: str = "accept"
    has_ikev2: bool = True
    shows_mode_tunnel: bool = True
    nests_sla: bool = False
    virtual_reassembly: str = "ip virtual-reassembly"
    takes_session_commands_in_family: bool = True
    description_limit: int = 240
    sa_slot_column: bool = False
    show_version: str = field(default="", repr=False)


_IOS_VERSION = """\
Cisco IOS Software, {family} Software ({image}), Version {version}, RELEASE SOFTWARE (fc1)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-{year} by Cisco Systems, Inc.
Compiled Wed 15-Nov-17 10:02 by prod_rel_team

ROM: System Bootstrap, Version 15.0(1r)M15, RELEASE SOFTWARE (fc1)

{{hostname}} uptime is {{uptime}}
System returned to ROM by {{reason}}
System image file is "{flash}:{image}.bin"
Last reload type: Normal Reload


cisco {platform} (revision 1.0) with 491520K/32768K bytes of memory.
Processor board ID FTX1234ABCD
3 Gigabit Ethernet interfaces
DRAM configuration is 64 bits wide with parity disabled.
255K bytes of non-volatile configuration memory.

Configuration register is 0x2102
"""

_XE_VERSION = """\
Cisco IOS XE Software, Version {xe}
Cisco IOS Software [{train}], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-{year} by Cisco Systems, Inc.
Compiled Thu 30-Mar-23 19:37 by mcpre

ROM: IOS-XE ROMMON

{{hostname}} uptime is {{uptime}}
Uptime for this control processor is {{uptime}}
System returned to ROM by {{reason}}
System image file is "bootflash:packages.conf"
Last reload reason: {{reason}}

License Level: ax

cisco {platform} (VXE) processor (revision VXE) with 2078308K/3075K bytes of memory.
Processor board ID 9ESGOBARV9D
Router operating mode: Autonomous
2 Gigabit Ethernet interfaces
32768K bytes of non-volatile configuration memory.
3965384K bytes of physical memory.
6188032K bytes of virtual hard disk at bootflash:.

Configuration register is 0x2102
"""

IOS12 = Release(
    name="ios12",
    version="12.4(24)T8",
    platform="2811",
    is_xe=False,
    flash="flash",
    wan="FastEthernet0/0",
    lan="FastEthernet0/1",
    config_version="12.4",
    has_ikev2=False,
    shows_mode_tunnel=False,
    sa_slot_column=True,
    ssh=SshAlgorithms(
        kex=("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"),
        encryption=("aes128-cbc", "3des-cbc", "aes192-cbc", "aes256-cbc"),
        mac=("hmac-sha1", "hmac-sha1-96"),
        signature=("ssh-rsa",),
    ),
    show_version=_IOS_VERSION.format(
        family="2800",
        image="C2800NM-ADVENTERPRISEK9-M",
        version="12.4(24)T8",
        year=2012,
        platform="2811",
        flash="flash",
    ),
)

IOS15 = Release(
    name="ios15",
    version="15.7(3)M",
    platform="CISCO2911/K9",
    is_xe=False,
    flash="flash",
    wan="GigabitEthernet0/0",
    lan="GigabitEthernet0/1",
    config_version="15.7",
    virtual_reassembly="ip virtual-reassembly in",
    ssh=SshAlgorithms(
        kex=("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
        encryption=(*_CTR, "aes128-cbc", "3des-cbc"),
        mac=("hmac-sha1", "hmac-sha1-96"),
        signature=("ssh-rsa",),
    ),
    show_version=_IOS_VERSION.format(
        family="C2900",
        image="C2900-UNIVERSALK9-M",
        version="15.7(3)M",
        year=2017,
        platform="CISCO2911/K9",
        flash="flash0",
    ),
)

_XE16_SSH = SshAlgorithms(
    kex=("diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"),
    encryption=_CTR,
    mac=("hmac-sha1", "hmac-sha2-256"),
    signature=("rsa-sha2-256", "ssh-rsa"),
)

_XE17_SSH = SshAlgorithms(
    kex=_MODERN_KEX,
    encryption=("chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", *_CTR),
    mac=("hmac-sha2-256-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"),
    signature=("rsa-sha2-512", "rsa-sha2-256"),
)

XE16 = Release(
    name="xe16",
    version="16.9.4",
    platform="CSR1000V",
    is_xe=True,
    flash="bootflash",
    wan="GigabitEthernet1",
    lan="GigabitEthernet2",
    config_version="16.9",
    nests_sla=True,
    takes_session_commands_in_family=False,
    ssh=_XE16_SSH,
    show_version=_XE_VERSION.format(xe="16.09.04", train="Fuji", version="16.9.4", year=2019, platform="CSR1000V"),
)

XE17 = Release(
    name="xe17",
    version="17.12.4",
    platform="C8000V",
    is_xe=True,
    flash="bootflash",
    wan="GigabitEthernet1",
    lan="GigabitEthernet2",
    config_version="17.12",
    weak="refuse",
    nests_sla=True,
    takes_session_commands_in_family=False,
    description_limit=200,
    ssh=_XE17_SSH,
    show_version=_XE_VERSION.format(xe="17.12.04", train="Dublin", version="17.12.4", year=2024, platform="C8000V"),
)

# Between 17.6.1 and 17.10 weak words are accepted with a warning (FN72510).
XE176 = replace(
    XE17,
    name="xe17.6",
    version="17.6.5",
    config_version="17.6",
    weak="warn",
    show_version=_XE_VERSION.format(xe="17.06.05", train="Bengaluru", version="17.6.5", year=2023, platform="C8000V"),
)

RELEASES = {release.name: release for release in (IOS12, IOS15, XE16, XE176, XE17)}
