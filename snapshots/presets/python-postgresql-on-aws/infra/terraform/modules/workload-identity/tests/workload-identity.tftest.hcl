mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mock" }
  }
}

variables {
  boundary_arn    = "arn:aws:iam::111122223333:policy/shop-prod-boundary"
  cluster_arn     = "arn:aws:eks:eu-central-1:111122223333:cluster/shop-prod"
  cluster_name    = "shop-prod"
  name            = "shop-prod-postgresql-backup"
  namespace       = "shop"
  service_account = "postgresql-backup"
}

run "bound_to_one_service_account" {
  command = plan

  variables {
    statements = [{
      sid        = "List"
      actions    = ["s3:ListBucket"]
      resources  = ["arn:aws:s3:::shop-prod-backups-111122223333"]
      conditions = { StringLike = { "s3:prefix" = ["postgresql/*"] } }
    }]
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals == {
      "aws:RequestTag/eks-cluster-arn"            = "arn:aws:eks:eu-central-1:111122223333:cluster/shop-prod"
      "aws:RequestTag/kubernetes-namespace"       = "shop"
      "aws:RequestTag/kubernetes-service-account" = "postgresql-backup"
    }
    error_message = "Only this ServiceAccount of this cluster may use the role."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this[0].policy).Statement[0].Condition.StringLike["s3:prefix"] == ["postgresql/*"]
    error_message = "Conditions must reach the policy."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::111122223333:policy/shop-prod-boundary"
    error_message = "Every role must carry the boundary."
  }
}

run "identity_without_permissions" {
  command = plan

  assert {
    condition     = length(aws_iam_role_policy.this) == 0
    error_message = "Without statements there is no policy."
  }
}

run "refuses_whole_services" {
  command = plan

  variables {
    statements = [{
      sid       = "All"
      actions   = ["s3:*"]
      resources = ["*"]
    }]
  }

  expect_failures = [var.statements]
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Shop Backup"
  }

  expect_failures = [var.name]
}
