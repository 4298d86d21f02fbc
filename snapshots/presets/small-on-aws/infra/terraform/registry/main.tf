# One registry for all environments: what was tested on staging is the very image that is deployed to production.
module "registry" {
  source = "../modules/registry"

  cached_images = ["ecr/aws-cli/aws-cli"]
  name          = "shop"
  services      = ["api", "web"]
}
