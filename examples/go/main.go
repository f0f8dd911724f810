package main

import (
	vpn "example.com/pulumi-aws-cisco-vpn/sdk/go/awsciscovpn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		link, err := vpn.NewVpnLink(ctx, "link", &vpn.VpnLinkArgs{
			VpcCidr:     pulumi.StringRef("10.0.0.0/16"),
			SubnetCidrs: []string{"10.0.0.0/24"},
			PublicIp:    pulumi.String(settings.Require("publicIp")),
			BgpAsn:      pulumi.IntRef(65001),
			OnpremCidrs: []string{"192.168.10.0/24"},
			Router: vpn.RouterArgsArgs{
				Host:     pulumi.String(settings.Require("routerHost")),
				Port:     pulumi.Int(settings.RequireInt("routerPort")),
				Username: pulumi.String("pulumi"),
				HostKey:  pulumi.String(settings.Require("routerHostKey")),
			},
			RouterPassword: settings.RequireSecret("routerPassword"),
		})
		if err != nil {
			return err
		}
		ctx.Export("tunnels", link.Tunnels)
		return nil
	})
}
