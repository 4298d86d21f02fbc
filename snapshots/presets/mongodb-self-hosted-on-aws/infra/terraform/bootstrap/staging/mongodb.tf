# Users of the replica set. Terraform makes the passwords in memory and hands them to Secrets Manager; they are
# in neither plan nor state. To rotate them all, raise mongodb_password_version by one and run
# scripts/bootstrap.sh staging.
locals {
  mongodb_password_version = 1

  # The operator's own users, by the name under which it asks for them.
  mongodb_system_users = {
    BACKUP          = "backup"
    CLUSTER_ADMIN   = "clusterAdmin"
    CLUSTER_MONITOR = "clusterMonitor"
    DATABASE_ADMIN  = "databaseAdmin"
    USER_ADMIN      = "userAdmin"
  }

  mongodb_host = "mongodb-rs0.shop.svc.cluster.local:27017"

  # Without timeouts in the driver, a slow database makes the service hang.
  mongodb_limits = "maxPoolSize=50&maxIdleTimeMS=300000&connectTimeoutMS=5000&serverSelectionTimeoutMS=10000&waitQueueTimeoutMS=5000"
}

# `app` is what services use, `dump` makes logical backups. Letters and digits only, so that a password can stand in
# an address as it is.
ephemeral "random_password" "mongodb" {
  for_each = toset(concat(["app", "dump"], values(local.mongodb_system_users)))

  length  = 40
  special = false
}

module "mongodb_key" {
  source = "../../modules/key"

  alias       = "${local.prefix}-mongodb"
  description = "Passwords of the MongoDB users of ${local.prefix}"
}

resource "aws_secretsmanager_secret" "mongodb" {
  #checkov:skip=CKV2_AWS_57:Rotation goes through mongodb_password_version, so that a person watches the services reconnect.
  for_each = {
    mongodb        = "Address of the database for the services: uri, password"
    mongodb-backup = "Address of the database for logical backups: uri, password"
    mongodb-users  = "Users of the operator"
  }

  name                    = "shop/staging/${each.key}"
  description             = each.value
  kms_key_id              = module.mongodb_key.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "mongodb" {
  secret_id = aws_secretsmanager_secret.mongodb["mongodb"].id
  secret_string_wo = jsonencode({
    password = ephemeral.random_password.mongodb["app"].result
    uri = join("", [
      "mongodb://app:${ephemeral.random_password.mongodb["app"].result}@${local.mongodb_host}/shop",
      "?replicaSet=rs0&authSource=admin&tls=true&tlsCAFile=/etc/mongodb/ca.crt",
      "&retryWrites=true&w=majority&${local.mongodb_limits}",
    ])
  })
  secret_string_wo_version = local.mongodb_password_version
}

resource "aws_secretsmanager_secret_version" "mongodb_backup" {
  secret_id = aws_secretsmanager_secret.mongodb["mongodb-backup"].id
  secret_string_wo = jsonencode({
    password = ephemeral.random_password.mongodb["dump"].result
    uri = join("", [
      "mongodb://dump:${ephemeral.random_password.mongodb["dump"].result}@${local.mongodb_host}/",
      "?replicaSet=rs0&authSource=admin&tls=true&tlsCAFile=/run/secrets/mongodb-ca/ca.crt&readPreference=secondary",
    ])
  })
  secret_string_wo_version = local.mongodb_password_version
}

resource "aws_secretsmanager_secret_version" "mongodb_users" {
  secret_id = aws_secretsmanager_secret.mongodb["mongodb-users"].id
  secret_string_wo = jsonencode(merge(
    { for key, user in local.mongodb_system_users : "MONGODB_${key}_USER" => user },
    { for key, user in local.mongodb_system_users : "MONGODB_${key}_PASSWORD" => ephemeral.random_password.mongodb[user].result },
  ))
  secret_string_wo_version = local.mongodb_password_version
}
