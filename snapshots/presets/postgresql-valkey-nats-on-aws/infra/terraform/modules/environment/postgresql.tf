variable "postgresql" {
  description = "Size of the database, and when AWS may update it in UTC."
  type = object({
    instance_class     = string
    maintenance_window = string
    major              = string
    max_connections    = number
    max_storage_gb     = number
    multi_az           = bool
    storage_gb         = number
  })
  nullable = false
}

module "postgresql_key" {
  source = "../key"

  alias           = "${local.prefix}-postgresql-data"
  cloudwatch_logs = true
  description     = "Database of ${local.prefix}: storage, automated backups, logs"
}

module "postgresql_backup_key" {
  source = "../key"

  alias       = "${local.prefix}-postgresql-copies"
  description = "Copies of the automated backups of the database of ${local.prefix}"
  region      = "eu-west-1"
}

module "postgresql" {
  source = "../rds"

  alarm_topic_arn          = module.alerting.topic_arn
  backup_days              = 7
  backup_kms_key_arn       = module.postgresql_backup_key.arn
  backup_region            = "eu-west-1"
  boundary_arn             = local.boundary_arn
  client_security_group_id = module.cluster.security_group_id
  database                 = "shop"
  instance_class           = var.postgresql.instance_class
  kms_key_arn              = module.postgresql_key.arn
  maintenance_window       = var.postgresql.maintenance_window
  major                    = var.postgresql.major
  max_connections          = var.postgresql.max_connections
  max_storage_gb           = var.postgresql.max_storage_gb
  multi_az                 = var.postgresql.multi_az
  name                     = local.prefix
  runbook                  = local.runbook
  storage_gb               = var.postgresql.storage_gb
  subnet_ids               = module.network.private_subnet_ids
  vpc_id                   = module.network.vpc_id
}

# The passwords of the roles are drawn by bootstrap, which only people run, so no pipeline ever has them.
locals {
  postgresql_secret_arns = [
    aws_secretsmanager_secret.postgresql_address.arn,
    "arn:aws:secretsmanager:eu-central-1:${var.account_id}:secret:${local.name}/${var.environment}/postgresql-??????",
  ]
}

# External Secrets makes the address of it and of the password of a role.
resource "aws_secretsmanager_secret" "postgresql_address" {
  #checkov:skip=CKV2_AWS_57:There is nothing to rotate: the value is a host without a credential.
  name                    = "${local.name}/${var.environment}/postgresql-address"
  description             = "Host of the database: host"
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "postgresql_address" {
  secret_id     = aws_secretsmanager_secret.postgresql_address.id
  secret_string = jsonencode({ host = module.postgresql.host })
}
