data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

# The account administers the key through IAM; without this statement IAM policies about the key have no effect.
locals {
  region = coalesce(var.region, data.aws_region.current.region)

  administration = {
    Sid       = "AccountAdministersThroughIam"
    Effect    = "Allow"
    Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }
  log_delivery = {
    Sid       = "CloudWatchLogsOfThisAccount"
    Effect    = "Allow"
    Principal = { Service = "logs.${local.region}.amazonaws.com" }
    Action    = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    Resource  = "*"
    Condition = {
      ArnLike = {
        "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${local.region}:${data.aws_caller_identity.current.account_id}:log-group:*"
      }
    }
  }
  # EventBridge does not pass the source account to KMS; with a condition on it, its messages are lost.
  publication = [
    for service in var.publishers : merge(
      {
        Sid       = "Publish${title(split(".", service)[0])}"
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
      service == "events.amazonaws.com" ? {} : {
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    )
  ]
  trail = {
    Sid       = "CloudTrailEncrypts"
    Effect    = "Allow"
    Principal = { Service = "cloudtrail.amazonaws.com" }
    Action    = ["kms:DescribeKey", "kms:GenerateDataKey*"]
    Resource  = "*"
    Condition = { StringEquals = { "aws:SourceArn" = var.trail_arn } }
  }
}

resource "aws_kms_key" "this" {
  #checkov:skip=CKV2_AWS_64:The policy is below; checkov does not see it when it is joined from several lists.
  region                  = var.region
  description             = var.description
  deletion_window_in_days = 30
  enable_key_rotation     = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.administration],
      var.cloudwatch_logs ? [local.log_delivery] : [],
      local.publication,
      var.trail_arn == null ? [] : [local.trail],
    )
  })

  # What the key has encrypted is lost together with it. This stops a plan that would replace the
  # key; against a module that is removed from the configuration, the roles of CI are denied the deletion.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "this" {
  region        = var.region
  name          = "alias/${var.alias}"
  target_key_id = aws_kms_key.this.key_id
}
