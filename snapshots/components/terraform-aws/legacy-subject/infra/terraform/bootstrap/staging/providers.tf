provider "aws" {
  region = "us-east-1"

  # Refuses to touch any other account, whatever credentials are around.
  allowed_account_ids = ["012345678901"]

  default_tags {
    tags = {
      project     = "shop"
      environment = "staging"
      repository  = "acme/shop"
      terraform   = "bootstrap/staging"
    }
  }
}
