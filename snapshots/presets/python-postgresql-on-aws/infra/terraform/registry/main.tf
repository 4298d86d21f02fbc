# One registry for both environments, in the account of production: what was tested on staging is the very
# image that is deployed to production, and staging can only pull.
module "registry" {
  source = "../modules/registry"

  cached_images    = ["ecr/aws-cli/aws-cli", "ecr/docker/library/postgres", "quay/curl/curl"]
  name             = "shop"
  pull_account_ids = ["111122223333"]
  services         = ["api", "web"]
}
