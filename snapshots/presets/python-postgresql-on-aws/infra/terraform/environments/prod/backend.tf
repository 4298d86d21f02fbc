terraform {
  backend "s3" {
    bucket       = "shop-prod-tfstate-444455556666"
    key          = "environments/prod/terraform.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}
