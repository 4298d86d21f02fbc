module "secrets_key" {
  source = "../key"

  alias       = "${local.prefix}-secrets"
  description = "Secrets below ${local.name}/${var.environment}/"
}

# Only the shells: people put the values, so that none of them passes through Terraform or its state.
resource "aws_secretsmanager_secret" "service" {
  #checkov:skip=CKV2_AWS_57:Third parties issue these values; docs/runbooks/rotate-secrets.md says how each is rotated.
  for_each = {
    api = "Settings of the service api: JWT_SIGNING_KEY"
  }

  name                    = "${local.name}/${var.environment}/${each.key}"
  description             = each.value
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

locals {
  secret_arns = concat([for secret in aws_secretsmanager_secret.service : secret.arn], local.postgresql_secret_arns)
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
