provider "aws" {
  region = "eu-central-1"

  # Fails if the credentials belong to any other account.
  allowed_account_ids = ["111122223333"]

  default_tags {
    tags = local.tags
  }
}
