terraform {
  backend "s3" {
    bucket       = "shop-staging-tfstate-111122223333"
    key          = "environments/staging/terraform.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}
