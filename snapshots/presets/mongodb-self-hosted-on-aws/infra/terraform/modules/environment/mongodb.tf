# The passwords of the users are drawn by bootstrap, which only people run, so no pipeline ever has them.
locals {
  mongodb_secret_arns = [
    for secret in ["mongodb", "mongodb-backup", "mongodb-users"] :
    "arn:aws:secretsmanager:eu-central-1:${var.account_id}:secret:${local.name}/${var.environment}/${secret}-??????"
  ]
}

# Backups and oplog of Percona Backup for MongoDB, for point-in-time recovery. They are stored in the region of the
# cluster, where a restore is fastest; the copy for a loss of the region is the dump in eu-west-1.
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

  # The operator deletes what has expired; deletions can be undone for two weeks.
  noncurrent_days = 14
}

locals {
  pitr_statements = [
    {
      sid = "KeepBackups"
      actions = [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
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

# The agents beside the members write backups and read them for a restore.
module "mongodb_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-mongodb"
  namespace       = "shop"
  service_account = "mongodb"
  statements      = local.pitr_statements
}

# The operator looks into the bucket itself: it finds the moments that can be restored and deletes what has expired.
module "mongodb_operator_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-psmdb-operator"
  namespace       = "psmdb-operator"
  service_account = "psmdb-operator"
  statements      = local.pitr_statements
}

output "pitr_bucket" {
  description = "Bucket of the backups for point-in-time recovery."
  value       = module.pitr_bucket.name
}
