# scripts/bootstrap.sh makes this bucket with a local state first and then moves the state into it.
terraform {
  backend "s3" {
    bucket       = "shop-prod-tfstate-444455556666"
    key          = "bootstrap/terraform.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}
