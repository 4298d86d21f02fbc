mock_provider "aws" {}

variables {
  access_log_bucket = "shop-prod-logs-111122223333"
  kms_key_arn       = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000"
  name              = "shop-prod-backups-111122223333"
}

run "locked_bucket" {
  command = plan

  variables {
    expiration       = { "postgresql/" = 30 }
    object_lock_days = 30
    region           = "eu-west-1"
  }

  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled
    error_message = "A bucket with a lock must be created with object lock."
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this[0].rule[0].default_retention[0].days == 30
    error_message = "New objects must be kept for the days asked for."
  }

  assert {
    condition     = strcontains(aws_s3_bucket_policy.this.policy, "s3:BypassGovernanceRetention")
    error_message = "The bucket policy must deny s3:BypassGovernanceRetention."
  }

  assert {
    condition     = aws_s3_bucket.this.region == "eu-west-1"
    error_message = "The bucket must be in the region asked for."
  }
}

run "plain_bucket" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_object_lock_configuration.this) == 0
    error_message = "Without object_lock_days there is no lock."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "No bucket may become public."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "Requests without TLS must be denied."
  }
}

run "refuses_expiry_before_the_lock_ends" {
  command = plan

  variables {
    expiration       = { "postgresql/" = 7 }
    object_lock_days = 30
  }

  expect_failures = [var.expiration]
}

run "refuses_prefix_without_slash" {
  command = plan

  variables {
    expiration = { postgresql = 30 }
  }

  expect_failures = [var.expiration]
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Shop_Backups"
  }

  expect_failures = [var.name]
}

run "refuses_bad_days" {
  command = plan

  variables {
    noncurrent_days  = 0
    object_lock_days = 4000
  }

  expect_failures = [var.noncurrent_days, var.object_lock_days]
}
