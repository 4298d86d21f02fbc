variable "broker" {
  description = "The version of the passwords of the message broker."
  type = object({
    password_version = number
  })
  nullable = false
}

# Made in memory for each apply, and stored nowhere: `app` is what services use, `streams` makes streams, `backup` reads them, `restore`
# and `sys` are for people. Letters and digits only, so that a password can stand in an address as it is.
ephemeral "random_password" "broker" {
  for_each = toset(["app", "backup", "restore", "streams", "sys"])

  length  = 64
  special = false
}

resource "aws_secretsmanager_secret" "broker" {
  #checkov:skip=CKV2_AWS_57:Rotation goes through password_version, so that a person watches the services reconnect.
  name                    = "${local.name}/${var.environment}/broker"
  description             = "Message broker: its address with the password (url), the passwords of its users and their hashes"
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

# Servers get the hashes only.
resource "aws_secretsmanager_secret_version" "nats" {
  secret_id = aws_secretsmanager_secret.broker.id
  secret_string_wo = jsonencode(merge(
    { url = "tls://app:${ephemeral.random_password.broker["app"].result}@broker:4222" },
    { for user, password in ephemeral.random_password.broker : "${user}_password" => password.result },
    { for user, password in ephemeral.random_password.broker : "${user}_hash" => bcrypt(password.result) },
  ))
  secret_string_wo_version = var.broker.password_version
}
