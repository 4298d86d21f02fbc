variable "atlas" {
  description = "Size of the database, and when Atlas may update it: day_of_week counts from 1, a Sunday."
  type = object({
    disk_size_gb       = number
    instance_size      = string
    maintenance_window = object({ day_of_week = number, hour_of_day = number })
  })
  nullable = false
}

module "atlas" {
  source = "../atlas"

  backup_region            = "eu-west-1"
  client_security_group_id = module.cluster.security_group_id
  contact                  = local.contact
  disk_size_gb             = var.atlas.disk_size_gb
  instance_size            = var.atlas.instance_size
  maintenance_window       = var.atlas.maintenance_window
  name                     = local.prefix
  org_id                   = "5f1a2b3c4d5e6f7a8b9c0d1e"
  region                   = "eu-central-1"
  snapshot_retention_days  = 35
  subnet_ids               = module.network.private_subnet_ids
  tags                     = var.tags
  vpc_id                   = module.network.vpc_id

  point_in_time_recovery_days = 7

  users = {
    api = {
      role_arn    = module.database_identity["api"].role_arn
      description = "Service api"
      # Its migrations may also change the settings of collections.
      roles = [{ name = "readWrite", database = local.name }, { name = "dbAdmin", database = local.name }]
    }
    mongodb-backup = {
      role_arn    = module.backup_identity.role_arn
      description = "Logical backups"
      roles       = [{ name = "backup", database = "admin" }]
    }
  }
}

# The identity alone is what counts: MongoDB checks it, no AWS permission is needed.
module "database_identity" {
  source   = "../workload-identity"
  for_each = toset(["api"])

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-${each.key}"
  namespace       = "shop"
  service_account = each.key
}

locals {
  # How to connect. There is no user and no password in it: pods prove who they are with their AWS role.
  atlas_options = "authSource=%24external&authMechanism=MONGODB-AWS"

  # Without timeouts in the driver, a slow database makes the service hang.
  atlas_limits = "maxPoolSize=50&maxIdleTimeMS=300000&connectTimeoutMS=5000&serverSelectionTimeoutMS=10000&waitQueueTimeoutMS=5000"

  mongodb_uris = {
    mongodb        = "${module.atlas.srv_address}/${local.name}?${local.atlas_options}&retryWrites=true&w=majority&${local.atlas_limits}"
    mongodb-backup = "${module.atlas.srv_address}/?${local.atlas_options}&readPreference=secondary"
  }
  mongodb_secret_arns = [for secret in aws_secretsmanager_secret.mongodb : secret.arn]
}

resource "aws_secretsmanager_secret" "mongodb" {
  #checkov:skip=CKV2_AWS_57:There is nothing to rotate: the value is an address without a credential.
  for_each = local.mongodb_uris

  name                    = "${local.name}/${var.environment}/${each.key}"
  description             = "Address of the database: uri"
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "mongodb" {
  for_each = local.mongodb_uris

  secret_id     = aws_secretsmanager_secret.mongodb[each.key].id
  secret_string = jsonencode({ uri = each.value })
}

output "atlas_cluster_name" {
  description = "Name of the cluster in Atlas."
  value       = module.atlas.cluster_name
}

output "atlas_project_id" {
  description = "Id of the project in Atlas."
  value       = module.atlas.project_id
}
