# scripts/bootstrap.sh makes this bucket with a local state first and then moves the state into it.
terraform {
  backend "s3" {
    bucket       = "shop-staging-tfstate-111122223333"
    key          = "bootstrap/terraform.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}
