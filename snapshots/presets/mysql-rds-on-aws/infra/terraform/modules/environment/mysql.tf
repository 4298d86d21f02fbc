variable "mysql" {
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

module "mysql_key" {
  source = "../key"

  alias           = "${local.prefix}-mysql-data"
  cloudwatch_logs = true
  description     = "Database of ${local.prefix}: storage, automated backups, logs"
}

module "mysql_backup_key" {
  source = "../key"

  alias       = "${local.prefix}-mysql-copies"
  description = "Copies of the automated backups of the database of ${local.prefix}"
  region      = "eu-west-1"
}

module "mysql" {
  source = "../rds"

  alarm_topic_arn          = module.alerting.topic_arn
  backup_days              = 7
  backup_kms_key_arn       = module.mysql_backup_key.arn
  backup_region            = "eu-west-1"
  boundary_arn             = local.boundary_arn
  client_security_group_id = module.cluster.security_group_id
  database                 = "shop"
  instance_class           = var.mysql.instance_class
  kms_key_arn              = module.mysql_key.arn
  maintenance_window       = var.mysql.maintenance_window
  major                    = var.mysql.major
  max_connections          = var.mysql.max_connections
  max_storage_gb           = var.mysql.max_storage_gb
  multi_az                 = var.mysql.multi_az
  name                     = local.prefix
  runbook                  = local.runbook
  storage_gb               = var.mysql.storage_gb
  subnet_ids               = module.network.private_subnet_ids
  vpc_id                   = module.network.vpc_id
}

# The passwords of the roles are drawn by bootstrap, which only people run, so no pipeline ever has them.
locals {
  mysql_secret_arns = [
    aws_secretsmanager_secret.mysql_address.arn,
    "arn:aws:secretsmanager:eu-central-1:${var.account_id}:secret:${local.name}/${var.environment}/mysql-??????",
  ]
}

# External Secrets makes the address of it and of the password of a user.
resource "aws_secretsmanager_secret" "mysql_address" {
  #checkov:skip=CKV2_AWS_57:There is nothing to rotate: the value is a host without a credential.
  name                    = "${local.name}/${var.environment}/mysql-address"
  description             = "Host of the database: host"
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "mysql_address" {
  secret_id     = aws_secretsmanager_secret.mysql_address.id
  secret_string = jsonencode({ host = module.mysql.host })
}
