provider "aws" {
  region = "eu-central-1"

  # Refuses to touch any other account, whatever credentials are around.
  allowed_account_ids = ["111122223333"]

  default_tags {
    tags = local.tags
  }
}
