import * as pulumi from "@pulumi/pulumi";
import { VpnLink } from "@pulumi/aws-cisco-vpn";

const config = new pulumi.Config();

const link = new VpnLink("link", {
    vpcCidr: "10.0.0.0/16",
    subnetCidrs: ["10.0.0.0/24"],
    publicIp: config.require("publicIp"),
    bgpAsn: 65001,
    onpremCidrs: ["192.168.10.0/24"],
    router: {
        host: config.require("routerHost"),
        port: config.getNumber("routerPort"),
        username: "pulumi",
        hostKey: config.require("routerHostKey"),
    },
    routerPassword: config.requireSecret("routerPassword"),
});

export const tunnels = link.tunnels;
export const states = link.tunnels.apply(all => all.map(tunnel => `${tunnel.name} ${tunnel.awsState} ${tunnel.routerState}`));
