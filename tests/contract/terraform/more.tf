# What the stack makes beside the guide's own: a transit gateway's link with its logs and alarms, and what changes in it.
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

variable "static" {
  type    = bool
  default = false
}

variable "days" {
  type    = number
  default = 30
}

variable "tunnel2_key" {
  type      = string
  sensitive = true
  default   = "lab.fake.key.two"
}

provider "aws" {
  region = var.region
}

# The transit gateway is somebody else's: the stack only looks it up. Here it is made, and its own actions are left out of account.
resource "aws_ec2_transit_gateway" "theirs" {
  amazon_side_asn = 64600
}

resource "aws_ec2_transit_gateway_route_table" "theirs" {
  transit_gateway_id = aws_ec2_transit_gateway.theirs.id
}

data "aws_ec2_transit_gateway" "theirs" {
  id = aws_ec2_transit_gateway.theirs.id
}

data "aws_availability_zones" "here" {
  state = "available"
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "more", Day = var.days }
}

data "aws_vpc" "main" {
  id = aws_vpc.main.id
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = data.aws_availability_zones.here.names[0]
  tags              = var.days == 30 ? { Name = "more", Old = "yes" } : { Name = "more" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_ec2_transit_gateway_vpc_attachment" "vpc" {
  transit_gateway_id                              = data.aws_ec2_transit_gateway.theirs.id
  vpc_id                                          = aws_vpc.main.id
  subnet_ids                                      = [aws_subnet.private.id]
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
}

resource "aws_ec2_transit_gateway_route_table_association" "vpc" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.vpc.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.theirs.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "vpc" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.vpc.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.theirs.id
}

resource "aws_customer_gateway" "office" {
  bgp_asn     = 65001
  ip_address  = "203.0.113.100"
  type        = "ipsec.1"
  device_name = "more"
}

data "aws_customer_gateway" "office" {
  id = aws_customer_gateway.office.id
}

resource "aws_cloudwatch_log_group" "vpn" {
  name              = "/aws/vendedlogs/vpn/more"
  retention_in_days = var.days
  tags              = { Name = "more", Day = var.days }
}

resource "aws_vpn_connection" "office" {
  transit_gateway_id    = data.aws_ec2_transit_gateway.theirs.id
  customer_gateway_id   = aws_customer_gateway.office.id
  type                  = "ipsec.1"
  tunnel1_preshared_key = "lab.fake.key.one"
  tunnel2_preshared_key = var.tunnel2_key

  tunnel1_log_options {
    cloudwatch_log_options {
      log_enabled       = true
      log_group_arn     = aws_cloudwatch_log_group.vpn.arn
      log_output_format = "json"
    }
  }
}

resource "aws_ec2_transit_gateway_route_table_association" "vpn" {
  transit_gateway_attachment_id  = aws_vpn_connection.office.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.theirs.id
  replace_existing_association   = true
}

resource "aws_ec2_transit_gateway_route" "office" {
  destination_cidr_block         = "192.168.10.0/24"
  transit_gateway_attachment_id  = aws_vpn_connection.office.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.theirs.id
}

resource "aws_route" "office" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "192.168.10.0/24"
  transit_gateway_id     = data.aws_ec2_transit_gateway.theirs.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.vpc]
}

resource "aws_cloudwatch_metric_alarm" "any" {
  alarm_name          = "more-any-tunnel-down"
  namespace           = "AWS/VPN"
  metric_name         = "TunnelState"
  dimensions          = { VpnId = aws_vpn_connection.office.id }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "breaching"
  tags                = { Day = var.days }
}

output "connection" {
  value = { addresses = [aws_vpn_connection.office.tunnel1_address, aws_vpn_connection.office.tunnel2_address] }
}
