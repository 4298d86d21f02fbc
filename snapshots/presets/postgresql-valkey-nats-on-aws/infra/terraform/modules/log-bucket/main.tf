data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

# Receives the access logs of the other buckets of its region, and what else of the account is logged there.
resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:This is the bucket that access logs go to; logging it into itself would never end.
  #checkov:skip=CKV_AWS_144:Logs are evidence about one region and are kept there.
  #checkov:skip=CKV_AWS_145:S3 delivers access logs only to buckets whose default encryption is SSE-S3.
  #checkov:skip=CKV2_AWS_62:Nothing consumes object events.
  region = var.region
  bucket = var.name

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  region = var.region
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  region = var.region
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  region                  = var.region
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  region = var.region
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  region = var.region
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 2
    }

    expiration {
      days = 400
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

locals {
  account_id = data.aws_caller_identity.current.account_id
  arn        = "arn:aws:s3:::${var.name}"

  # Without these statements AWS writes a policy of its own over this one when a flow log is made.
  flow_log_delivery = {
    StringEquals = { "aws:SourceAccount" = local.account_id }
    ArnLike      = { "aws:SourceArn" = "arn:aws:logs:${coalesce(var.region, data.aws_region.current.region)}:${local.account_id}:*" }
  }
  flow_logs = [
    {
      Sid       = "AWSLogDeliveryWrite"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["s3:PutObject"]
      Resource  = ["${local.arn}/flow-logs/AWSLogs/${local.account_id}/*"]
      Condition = merge(local.flow_log_delivery, {
        StringEquals = {
          "aws:SourceAccount" = local.account_id
          "s3:x-amz-acl"      = "bucket-owner-full-control"
        }
      })
    },
    {
      Sid       = "AWSLogDeliveryAclCheck"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["s3:GetBucketAcl", "s3:ListBucket"]
      Resource  = [local.arn]
      Condition = local.flow_log_delivery
    },
  ]
  trail = [
    {
      Sid       = "CloudTrailWrite"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = ["s3:PutObject"]
      Resource  = ["${local.arn}/cloudtrail/AWSLogs/${local.account_id}/*"]
      Condition = {
        StringEquals = {
          "aws:SourceArn" = var.trail_arn
          "s3:x-amz-acl"  = "bucket-owner-full-control"
        }
      }
    },
    {
      Sid       = "CloudTrailAclCheck"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = ["s3:GetBucketAcl"]
      Resource  = [local.arn]
      Condition = { StringEquals = { "aws:SourceArn" = var.trail_arn } }
    },
  ]
}

resource "aws_s3_bucket_policy" "this" {
  region = var.region
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "TlsOnly"
          Effect    = "Deny"
          Principal = "*"
          Action    = "s3:*"
          Resource  = [local.arn, "${local.arn}/*"]
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
        {
          Sid       = "AccessLogsOfThisAccount"
          Effect    = "Allow"
          Principal = { Service = "logging.s3.amazonaws.com" }
          Action    = "s3:PutObject"
          Resource  = "${local.arn}/*"
          Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
        },
      ],
      [for statement in local.flow_logs : statement if var.flow_logs],
      [for statement in local.trail : statement if var.trail_arn != null],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
