terraform {
  backend "s3" {
    bucket       = "shop-staging-tfstate-012345678901"
    key          = "environments/staging/terraform.tfstate"
    region       = "us-west-2"
    encrypt      = true
    use_lockfile = true
  }
}
