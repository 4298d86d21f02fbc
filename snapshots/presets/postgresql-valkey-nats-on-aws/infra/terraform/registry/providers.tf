provider "aws" {
  region = "eu-central-1"

  # Fails if the credentials belong to any other account.
  allowed_account_ids = ["444455556666"]

  default_tags {
    tags = {
      project    = "shop"
      repository = "acme/shop"
      terraform  = "registry"
    }
  }
}
