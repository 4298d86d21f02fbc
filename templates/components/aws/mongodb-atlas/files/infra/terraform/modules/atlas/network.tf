# No address on the internet may connect: the project has no IP access list, so this endpoint is the only way in.
resource "mongodbatlas_privatelink_endpoint" "this" {
  project_id    = mongodbatlas_project.this.id
  provider_name = "AWS"
  region        = local.region
}

resource "aws_security_group" "endpoint" {
  name        = "${var.name}-atlas"
  description = "Private endpoint of MongoDB Atlas"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-atlas" }
}

# Behind the endpoint every member of the replica set has a port of its own, from 1024 upwards.
resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  #checkov:skip=CKV_AWS_25:The rule admits one security group and no address; the check does not know referenced_security_group_id.
  security_group_id            = aws_security_group.endpoint.id
  description                  = "Pods of the cluster"
  referenced_security_group_id = var.client_security_group_id
  from_port                    = 1024
  to_port                      = 65535
  ip_protocol                  = "tcp"
}

resource "aws_vpc_endpoint" "this" {
  vpc_id             = var.vpc_id
  service_name       = mongodbatlas_privatelink_endpoint.this.endpoint_service_name
  vpc_endpoint_type  = "Interface"
  security_group_ids = [aws_security_group.endpoint.id]
  subnet_ids         = var.subnet_ids

  tags = { Name = "${var.name}-atlas" }
}

resource "mongodbatlas_privatelink_endpoint_service" "this" {
  project_id          = mongodbatlas_project.this.id
  private_link_id     = mongodbatlas_privatelink_endpoint.this.private_link_id
  endpoint_service_id = aws_vpc_endpoint.this.id
  provider_name       = "AWS"
}
