terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.47"
    }
    mongodbatlas = {
      source  = "mongodb/mongodbatlas"
      version = "~> 2.13"
    }
  }
}
