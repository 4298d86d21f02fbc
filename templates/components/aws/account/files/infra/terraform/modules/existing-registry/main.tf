# Repositories of images that others operate. Nothing here changes them: a plan fails when one is missing or its policy does not let
# this account read it, and warns when its tags can be moved.
data "aws_ecr_repository" "this" {
  for_each = var.repositories

  name        = each.key
  region      = var.region
  registry_id = var.account_id
}

locals {
  # Others may exempt tags such as `latest`; those of commits are never moved.
  mutable = [for name, repository in data.aws_ecr_repository.this : name if !startswith(repository.image_tag_mutability, "IMMUTABLE")]
}

check "tags" {
  assert {
    condition     = length(local.mutable) == 0
    error_message = "Tags can be moved to other images, so their owner must make them immutable: ${join(", ", local.mutable)}."
  }
}
