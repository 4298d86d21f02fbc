# Dumps of the database are stored in eu-west-1, so that they survive the loss of eu-central-1. They have their
# own key, and are locked for their whole retention period.
module "backup_key" {
  source = "../key"

  alias       = "${local.prefix}-backups"
  description = "Database backups of ${local.prefix}"
  region      = "eu-west-1"
}

module "backup_log_bucket" {
  source = "../log-bucket"

  name   = "${local.prefix}-backups-logs-${var.account_id}"
  region = "eu-west-1"
}

module "backup_bucket" {
  source = "../bucket"

  access_log_bucket = module.backup_log_bucket.name
  kms_key_arn       = module.backup_key.arn
  name              = "${local.prefix}-backups-${var.account_id}"
  object_lock_days  = 35
  region            = "eu-west-1"

  # The lock already keeps what must be kept; expired versions are deleted after a day.
  noncurrent_days = 1

  expiration = {
    "postgresql/" = 35
    "drills/"     = 400
    "broker/"     = 35
  }
}

# Writes backups, and can neither read nor delete one.
module "backup_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-postgresql-backup"
  namespace       = "shop"
  service_account = "postgresql-backup"

  statements = [
    {
      sid       = "Upload"
      actions   = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
      resources = ["${module.backup_bucket.arn}/postgresql/*"]
    },
    {
      sid        = "List"
      actions    = ["s3:ListBucket"]
      resources  = [module.backup_bucket.arn]
      conditions = { StringLike = { "s3:prefix" = ["postgresql/*"] } }
    },
    {
      # S3 has to decrypt the parts of a large upload in order to join them.
      sid       = "Encrypt"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.backup_key.arn]
    },
  ]
}

# Reads backups and writes its reports; it knows nothing of the database itself.
module "restore_drill_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-restore-drill"
  namespace       = "shop-restore-drill"
  service_account = "restore-drill"

  statements = [
    {
      sid       = "Download"
      actions   = ["s3:GetObject"]
      resources = ["${module.backup_bucket.arn}/postgresql/*"]
    },
    {
      sid        = "List"
      actions    = ["s3:ListBucket"]
      resources  = [module.backup_bucket.arn]
      conditions = { StringLike = { "s3:prefix" = ["postgresql/*"] } }
    },
    {
      sid       = "Report"
      actions   = ["s3:PutObject"]
      resources = ["${module.backup_bucket.arn}/drills/*"]
    },
    {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.backup_key.arn]
    },
  ]
}

# Writes backups of streams, and can neither read nor delete one.
module "broker_backup_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-broker-backup"
  namespace       = "shop"
  service_account = "broker-backup"

  statements = [
    {
      sid       = "Upload"
      actions   = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
      resources = ["${module.backup_bucket.arn}/broker/*"]
    },
    {
      sid        = "List"
      actions    = ["s3:ListBucket"]
      resources  = [module.backup_bucket.arn]
      conditions = { StringLike = { "s3:prefix" = ["broker/*"] } }
    },
    {
      # S3 has to decrypt the parts of a large upload in order to join them.
      sid       = "Encrypt"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.backup_key.arn]
    },
  ]
}

output "backup_bucket" {
  description = "Bucket of the database backups, in eu-west-1."
  value       = module.backup_bucket.name
}
