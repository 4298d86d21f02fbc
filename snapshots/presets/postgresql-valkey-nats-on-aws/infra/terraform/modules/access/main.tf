# The way to the cluster's private API: a small instance without public address and without inbound rules.
# Systems Manager opens the tunnel from inside, checks IAM and records who did so.
resource "aws_security_group" "this" {
  name        = "${var.name}-access"
  description = "Tunnel to the API of the cluster; nothing may connect to it"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-access" }
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "Systems Manager and the API of the cluster"
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  security_group_id            = var.cluster_security_group_id
  description                  = "API of the cluster from the access instance"
  referenced_security_group_id = aws_security_group.this.id
  from_port                    = 443
  to_port                      = 443
  ip_protocol                  = "tcp"
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-access"
  description          = "Access instance, reached through Systems Manager"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "this" {
  name = "${var.name}-access"
  role = aws_iam_role.this.name
}

resource "aws_launch_template" "this" {
  name                   = "${var.name}-access"
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
  instance_type          = "t4g.nano"
  update_default_version = true

  iam_instance_profile {
    arn = aws_iam_instance_profile.this.arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 1
    http_tokens                 = "required"
  }

  monitoring {
    enabled = true
  }

  network_interfaces {
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.this.id]
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      delete_on_termination = true
      encrypted             = true
      volume_size           = 8
      volume_type           = "gp3"
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = merge(var.tags, { Name = "${var.name}-access" })
  }
}

# A group of one instance: a failed instance is replaced automatically, in another zone if needed. Every two
# weeks the newest image replaces it, so it needs no patching.
resource "aws_autoscaling_group" "this" {
  name                  = "${var.name}-access"
  min_size              = 1
  max_size              = 1
  max_instance_lifetime = 1209600
  vpc_zone_identifier   = var.subnet_ids

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  instance_refresh {
    strategy = "Rolling"
  }

  tag {
    key                 = "Name"
    value               = "${var.name}-access"
    propagate_at_launch = true
  }
}

# The target is fixed: users of the document can only reach the API of the cluster.
resource "aws_ssm_document" "tunnel" {
  name            = "${var.name}-cluster-tunnel"
  document_type   = "Session"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "1.0"
    description   = "Forwards a local port to the API of ${var.name}"
    sessionType   = "Port"
    parameters = {
      localPortNumber = {
        type           = "String"
        description    = "Port on the caller's machine"
        allowedPattern = "^[0-9]{1,5}$"
      }
    }
    properties = {
      type            = "LocalPortForwarding"
      host            = trimprefix(var.cluster_endpoint, "https://")
      portNumber      = "443"
      localPortNumber = "{{ localPortNumber }}"
    }
  })
}
