provider "aws" {
  region = "eu-central-1"

  # Refuses to touch any other account, whatever credentials are around.
  allowed_account_ids = ["444455556666"]

  default_tags {
    tags = {
      project    = "shop"
      repository = "acme/shop"
      terraform  = "registry"
    }
  }
}
