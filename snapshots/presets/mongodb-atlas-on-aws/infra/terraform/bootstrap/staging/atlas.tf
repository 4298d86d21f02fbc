module "key" {
  source = "../../modules/key"

  alias       = "${local.prefix}-bootstrap"
  description = "Credentials that Terraform needs for ${local.prefix}"
}

# Credentials of the two Atlas service accounts that Terraform uses, empty until a person stores them. They are
# made here because the first plan of environments/staging already needs them.
resource "aws_secretsmanager_secret" "atlas" {
  #checkov:skip=CKV2_AWS_57:Atlas issues these credentials; docs/runbooks/rotate-atlas-credentials.md says how they are rotated.
  for_each = {
    atlas-terraform      = "Atlas service account that applies: client_id, client_secret"
    atlas-terraform-plan = "Atlas service account that only reads, for plans: client_id, client_secret"
  }

  name                    = "shop/staging/${each.key}"
  description             = each.value
  kms_key_id              = module.key.arn
  recovery_window_in_days = 30
}

locals {
  # The second one matches the two addresses of the database, which hold no password.
  plan_secret_arns = [
    aws_secretsmanager_secret.atlas["atlas-terraform-plan"].arn,
    "arn:aws:secretsmanager:eu-central-1:${local.account_id}:secret:shop/staging/mongodb-*",
  ]
}
