# Passwords of the roles of the database. Terraform makes them in memory and hands them to Secrets Manager; they are in neither
# plan nor state. To change them all, raise postgresql_password_version by one, run scripts/bootstrap.sh prod, and then
# scripts/postgresql-roles.sh prod, which sets them in the database.
locals {
  postgresql_password_version = 1
  postgresql_roles            = ["owner", "app", "readonly", "backup", "monitoring"]
}

# Letters and digits only, so that a password can stand in an address as it is.
ephemeral "random_password" "postgresql" {
  for_each = toset(local.postgresql_roles)

  length  = 40
  special = false
}

module "postgresql_key" {
  source = "../../modules/key"

  alias       = "${local.prefix}-postgresql"
  description = "Passwords of the roles of the database of ${local.prefix}"
}

resource "aws_secretsmanager_secret" "postgresql" {
  #checkov:skip=CKV2_AWS_57:Rotation goes through postgresql_password_version, so that a person watches the services reconnect.
  name                    = "shop/prod/postgresql"
  description             = "Passwords of the roles of the database: ${join(", ", local.postgresql_roles)}"
  kms_key_id              = module.postgresql_key.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "postgresql" {
  secret_id                = aws_secretsmanager_secret.postgresql.id
  secret_string_wo         = jsonencode({ for role in local.postgresql_roles : role => ephemeral.random_password.postgresql[role].result })
  secret_string_wo_version = local.postgresql_password_version
}

locals {
  # The host of the database, which is no secret: plans compare it.
  plan_secret_arns = [
    "arn:aws:secretsmanager:eu-central-1:${local.account_id}:secret:shop/prod/postgresql-address-??????",
  ]
}
