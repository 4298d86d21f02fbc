# The passwords of the users are made by bootstrap, which only people run: comparing a secret means reading it, and CI
# compares all that is here.
locals {
  mongodb_secret_arns = [
    for secret in ["mongodb", "mongodb-backup", "mongodb-users"] :
    "arn:aws:secretsmanager:eu-central-1:${var.account_id}:secret:${local.name}/${var.environment}/${secret}-??????"
  ]
}
