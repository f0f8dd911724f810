# What somebody who has never heard of this project writes for the guide's VPC and VPN.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "region" {
  type = string
}

provider "aws" {
  region = var.region
}

variable "static" {
  type    = bool
  default = false
}

variable "tunnel2_key" {
  type      = string
  sensitive = true
  default   = "lab.fake.key.two"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "guide" }
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_vpn_gateway" "this" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpn_gateway_route_propagation" "private" {
  vpn_gateway_id = aws_vpn_gateway.this.id
  route_table_id = aws_route_table.private.id
}

resource "aws_route" "onprem" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "192.168.10.0/24"
  gateway_id             = aws_vpn_gateway.this.id
}

resource "aws_customer_gateway" "office" {
  bgp_asn     = 65001
  ip_address  = "203.0.113.100"
  type        = "ipsec.1"
  device_name = "office"
}

resource "aws_vpn_connection" "office" {
  vpn_gateway_id      = aws_vpn_gateway.this.id
  customer_gateway_id = aws_customer_gateway.office.id
  type                = "ipsec.1"
  static_routes_only  = var.static

  tunnel1_inside_cidr   = "169.254.10.0/30"
  tunnel2_inside_cidr   = "169.254.11.0/30"
  tunnel1_preshared_key = "lab.fake.key.one"
  tunnel2_preshared_key = var.tunnel2_key

  tunnel1_phase1_encryption_algorithms = ["AES256"]
  tunnel1_phase1_dh_group_numbers      = [14, 20]
}

resource "aws_vpn_connection_route" "office" {
  count                  = var.static ? 1 : 0
  vpn_connection_id      = aws_vpn_connection.office.id
  destination_cidr_block = "192.168.10.0/24"
}

output "connection" {
  value = {
    id        = aws_vpn_connection.office.id
    addresses = [aws_vpn_connection.office.tunnel1_address, aws_vpn_connection.office.tunnel2_address]
    insides   = [aws_vpn_connection.office.tunnel1_vgw_inside_address, aws_vpn_connection.office.tunnel2_vgw_inside_address]
  }
}
