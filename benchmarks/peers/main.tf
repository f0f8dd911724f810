# The guide's VPC and VPN as Terraform's users write it.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "onprem" {
  type = list(string)
}

provider "aws" {
  region = "ap-northeast-1"
}

resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table_association" "this" {
  subnet_id      = aws_subnet.this.id
  route_table_id = aws_route_table.this.id
}

resource "aws_vpn_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route" "onprem" {
  for_each               = toset(var.onprem)
  route_table_id         = aws_route_table.this.id
  destination_cidr_block = each.value
  gateway_id             = aws_vpn_gateway.this.id
}

resource "aws_customer_gateway" "this" {
  bgp_asn    = 65001
  ip_address = "203.0.113.100"
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "this" {
  vpn_gateway_id      = aws_vpn_gateway.this.id
  customer_gateway_id = aws_customer_gateway.this.id
  type                = "ipsec.1"

  tunnel1_inside_cidr                  = "169.254.255.0/30"
  tunnel2_inside_cidr                  = "169.254.255.4/30"
  tunnel1_ike_versions                 = ["ikev1"]
  tunnel2_ike_versions                 = ["ikev1"]
  tunnel1_phase1_encryption_algorithms = ["AES128"]
  tunnel2_phase1_encryption_algorithms = ["AES128"]
  tunnel1_phase1_integrity_algorithms  = ["SHA1"]
  tunnel2_phase1_integrity_algorithms  = ["SHA1"]
  tunnel1_phase1_dh_group_numbers      = [2]
  tunnel2_phase1_dh_group_numbers      = [2]
  tunnel1_phase2_encryption_algorithms = ["AES128"]
  tunnel2_phase2_encryption_algorithms = ["AES128"]
  tunnel1_phase2_integrity_algorithms  = ["SHA1"]
  tunnel2_phase2_integrity_algorithms  = ["SHA1"]
  tunnel1_phase2_dh_group_numbers      = [2]
  tunnel2_phase2_dh_group_numbers      = [2]
}

output "xml" {
  value     = aws_vpn_connection.this.customer_gateway_configuration
  sensitive = true
}
