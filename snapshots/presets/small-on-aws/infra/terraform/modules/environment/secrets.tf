module "secrets_key" {
  source = "../key"

  alias       = "${local.prefix}-secrets"
  description = "Secrets below ${local.name}/"
}

# Only the shells: people put the values, so that none of them passes through Terraform or its state.
resource "aws_secretsmanager_secret" "service" {
  #checkov:skip=CKV2_AWS_57:Third parties issue these values; docs/runbooks/rotate-secrets.md says how each is rotated.
  for_each = {
    api = "Settings of the service api: SESSION_KEY"
  }

  name                    = "${local.name}/${var.environment}/${each.key}"
  description             = each.value
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

# Only the shells of what services share. Who puts the values is in docs/secrets.md.
resource "aws_secretsmanager_secret" "shared" {
  #checkov:skip=CKV2_AWS_57:docs/secrets.md says how each is rotated.
  for_each = {
    database = "Address of the PostgreSQL database with user and password, as its operators give it"
  }

  name                    = "${local.name}/${var.environment}/${each.key}"
  description             = each.value
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

# The same for the environments that are namespaces of the cluster.
resource "aws_secretsmanager_secret" "guest" {
  #checkov:skip=CKV2_AWS_57:docs/secrets.md says how each is rotated.
  for_each = {
    "staging/api"      = "Settings of the service api: SESSION_KEY"
    "staging/database" = "Address of the PostgreSQL database with user and password, as its operators give it"
  }

  name                    = "${local.name}/${each.key}"
  description             = each.value
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

locals {
  secret_arns = concat(
    [for secret in aws_secretsmanager_secret.service : secret.arn],
    [for secret in aws_secretsmanager_secret.shared : secret.arn],
    [for secret in aws_secretsmanager_secret.guest : secret.arn],
  )
}

# The only identity that reads secrets in the cluster; it reads these and no others. It cannot tell the namespaces apart: whoever
# may make an ExternalSecret in one of them can have it read a secret of another environment.
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
