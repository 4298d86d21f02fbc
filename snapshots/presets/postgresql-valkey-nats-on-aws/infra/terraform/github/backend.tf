# The settings of the repository guard production, so their state lies with production's.
terraform {
  backend "s3" {
    bucket       = "shop-prod-tfstate-444455556666"
    key          = "github/terraform.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}
