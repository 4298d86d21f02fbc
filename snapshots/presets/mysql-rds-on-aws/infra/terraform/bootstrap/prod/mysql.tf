# Passwords of the users of the database. Terraform makes them in memory and hands them to Secrets Manager; they are in neither
# plan nor state. To change them all, raise mysql_password_version by one, run scripts/bootstrap.sh prod, and then
# scripts/mysql-roles.sh prod, which sets them in the database.
locals {
  mysql_password_version = 1
  mysql_roles            = ["owner", "app", "readonly", "backup", "monitoring"]
}

# Letters and digits only, so that a password can stand in an address as it is.
ephemeral "random_password" "mysql" {
  for_each = toset(local.mysql_roles)

  length  = 40
  special = false
}

module "mysql_key" {
  source = "../../modules/key"

  alias       = "${local.prefix}-mysql"
  description = "Passwords of the users of the database of ${local.prefix}"
}

resource "aws_secretsmanager_secret" "mysql" {
  #checkov:skip=CKV2_AWS_57:Rotation goes through mysql_password_version, so that a person watches the services reconnect.
  name                    = "shop/prod/mysql"
  description             = "Passwords of the users of the database: ${join(", ", local.mysql_roles)}"
  kms_key_id              = module.mysql_key.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "mysql" {
  secret_id                = aws_secretsmanager_secret.mysql.id
  secret_string_wo         = jsonencode({ for role in local.mysql_roles : role => ephemeral.random_password.mysql[role].result })
  secret_string_wo_version = local.mysql_password_version
}

locals {
  # The host of the database, which is no secret: plans compare it.
  plan_secret_arns = [
    "arn:aws:secretsmanager:eu-central-1:${local.account_id}:secret:shop/prod/mysql-address-??????",
  ]
}
