# The passwords of the roles are drawn by bootstrap, which only people run, so no pipeline ever has them.
locals {
  postgresql_secret_arns = [
    for secret in ["postgresql", "postgresql-address"] :
    "arn:aws:secretsmanager:eu-central-1:${var.account_id}:secret:${local.name}/${var.environment}/${secret}-??????"
  ]
}

# Base backups and change log, for point-in-time recovery. They are stored in the region of the cluster, where a restore is
# fastest; the copy for a loss of the region is the dump in eu-west-1.
module "pitr_key" {
  source = "../key"

  alias       = "${local.prefix}-pitr"
  description = "Point-in-time recovery of ${local.prefix}"
}

module "pitr_bucket" {
  source = "../bucket"

  access_log_bucket = "${local.prefix}-logs-eu-central-1-${var.account_id}"
  kms_key_arn       = module.pitr_key.arn
  name              = "${local.prefix}-pitr-eu-central-1-${var.account_id}"

  # Nobody deletes what the window needs, and the oldest moment needs the base of the day before. Nothing but these rules deletes.
  object_lock_days = 9
  noncurrent_days  = 1

  expiration = {
    "postgresql/" = 10
  }
}

# The instances archive the change log, and read it for a restore. None of them can delete.
module "postgresql_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-postgresql"
  namespace       = "shop"
  service_account = "postgresql"

  statements = [
    {
      sid = "Archive"
      actions = [
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
      ]
      resources = ["${module.pitr_bucket.arn}/*"]
    },
    {
      sid       = "List"
      actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
      resources = [module.pitr_bucket.arn]
    },
    {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.pitr_key.arn]
    },
  ]
}

output "pitr_bucket" {
  description = "Bucket of the backups for point-in-time recovery."
  value       = module.pitr_bucket.name
}
