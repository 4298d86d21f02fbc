resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_144:What must survive the loss of a region is written to another region in the first place.
  #checkov:skip=CKV2_AWS_62:Nothing consumes object events.
  region              = var.region
  bucket              = var.name
  object_lock_enabled = var.object_lock_days != null

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
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.kms_key_arn
      sse_algorithm     = "aws:kms"
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

resource "aws_s3_bucket_logging" "this" {
  region        = var.region
  bucket        = aws_s3_bucket.this.id
  target_bucket = var.access_log_bucket
  target_prefix = "${var.name}/"
}

locals {
  arns = ["arn:aws:s3:::${var.name}", "arn:aws:s3:::${var.name}/*"]

  tls_only = {
    Sid       = "TlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = local.arns
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
  modern_tls_only = {
    Sid       = "ModernTlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = local.arns
    Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
  }
  # Governance mode can be bypassed with this permission, and administrators have every permission.
  # Denied to all, it takes a change of this policy first, which is reviewed and logged.
  no_bypass = {
    Sid       = "NobodyBypassesTheLock"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:BypassGovernanceRetention"
    Resource  = local.arns
  }
}

resource "aws_s3_bucket_policy" "this" {
  region = var.region
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.tls_only, local.modern_tls_only], var.object_lock_days == null ? [] : [local.no_bypass])
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
