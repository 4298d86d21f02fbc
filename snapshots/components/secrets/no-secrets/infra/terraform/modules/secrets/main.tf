module "key" {
  source = "../key"

  alias       = "${replace(var.prefix, "/", "-")}-secrets"
  description = "Secrets below ${var.prefix}/"
}

# Only the shells: people put the values, so that none of them passes through Terraform or its state.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:Third parties issue these values; docs/runbooks/rotate-secrets.md says how each is rotated.
  for_each = var.secrets

  name                    = "${var.prefix}/${each.key}"
  description             = each.value
  kms_key_id              = module.key.arn
  recovery_window_in_days = 30
}
