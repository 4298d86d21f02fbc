terraform {
  backend "s3" {
    bucket       = "shop-prod-tfstate-444455556666"
    key          = "registry/terraform.tfstate"
    region       = "us-west-2"
    encrypt      = true
    use_lockfile = true
  }
}
