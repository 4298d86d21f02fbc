module "secrets_key" {
  source = "../key"

  alias       = "${local.prefix}-secrets"
  description = "Secrets below ${local.name}/${var.environment}/"
}

locals {
  secret_arns = concat(local.postgresql_secret_arns, [aws_secretsmanager_secret.cache.arn, aws_secretsmanager_secret.broker.arn])
}

# The only identity that reads secrets in the cluster; it reads these and no others.
module "external_secrets_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-external-secrets"
  namespace       = "external-secrets"
  service_account = "external-secrets"

  statements = [
    {
      sid       = "Read"
      actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      resources = local.secret_arns
    },
    {
      sid        = "Decrypt"
      actions    = ["kms:Decrypt"]
      resources  = ["arn:aws:kms:eu-central-1:${var.account_id}:key/*"]
      conditions = { StringLike = { "kms:EncryptionContext:SecretARN" = local.secret_arns } }
    },
  ]
}
