mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mock" }
  }
}

variables {
  boundary_arn       = "arn:aws:iam::111122223333:policy/shop-prod-boundary"
  kubernetes_version = "1.35"
  logs_key_arn       = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000"
  name               = "shop-prod"
  secrets_key_arn    = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000"
  subnet_ids         = ["subnet-a", "subnet-b", "subnet-c"]

  access = {
    people = {
      role_arn = "arn:aws:iam::111122223333:role/shop-prod-operator"
      policy   = "AmazonEKSClusterAdminPolicy"
    }
    deployments = {
      role_arn   = "arn:aws:iam::111122223333:role/shop-prod-ci-deploy"
      policy     = "AmazonEKSClusterAdminPolicy"
      namespaces = ["shop"]
    }
  }
}

run "private_and_protected" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "The API must be reachable inside the VPC only."
  }

  assert {
    condition     = aws_eks_cluster.this.deletion_protection
    error_message = "The cluster must be protected against deletion."
  }

  assert {
    condition     = length(aws_eks_cluster.this.enabled_cluster_log_types) == 5
    error_message = "All logs of the control plane must be kept."
  }

  assert {
    condition = (
      aws_eks_cluster.this.compute_config[0].enabled
      && aws_eks_cluster.this.kubernetes_network_config[0].elastic_load_balancing[0].enabled
      && aws_eks_cluster.this.storage_config[0].block_storage[0].enabled
    )
    error_message = "The three parts of Auto Mode can only be switched together."
  }
}

run "access_is_scoped" {
  command = plan

  assert {
    condition = { for purpose, association in aws_eks_access_policy_association.this : purpose => association.access_scope[0].type } == {
      people      = "cluster"
      deployments = "namespace"
    }
    error_message = "Only people may act on the whole cluster."
  }
}

run "refuses_ci_with_the_whole_cluster" {
  command = plan

  variables {
    access = {
      deployments = {
        role_arn = "arn:aws:iam::111122223333:role/shop-prod-ci-deploy"
        policy   = "AmazonEKSClusterAdminPolicy"
      }
    }
  }

  expect_failures = [var.access]
}

run "refuses_unknown_policy" {
  command = plan

  variables {
    access = {
      people = {
        role_arn = "arn:aws:iam::111122223333:role/shop-prod-operator"
        policy   = "AdministratorAccess"
      }
    }
  }

  expect_failures = [var.access]
}

run "refuses_patch_version_and_missing_zone" {
  command = plan

  variables {
    kubernetes_version = "1.35.8"
    subnet_ids         = ["subnet-a", "subnet-b"]
  }

  expect_failures = [var.kubernetes_version, var.subnet_ids]
}
