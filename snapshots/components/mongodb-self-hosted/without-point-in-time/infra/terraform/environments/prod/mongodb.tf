# The passwords of the users are made by bootstrap/prod, which only people run: comparing a secret means reading
# it, and CI compares all of this folder.
locals {
  mongodb_secret_arns = [
    for secret in ["mongodb", "mongodb-backup", "mongodb-users"] :
    "arn:aws:secretsmanager:eu-central-1:${local.account_id}:secret:${local.name}/${local.environment}/${secret}-??????"
  ]
}
