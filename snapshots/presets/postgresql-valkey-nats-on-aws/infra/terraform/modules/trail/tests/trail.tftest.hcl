mock_provider "aws" {}

variables {
  bucket      = "shop-prod-logs-111122223333"
  kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000"
  name        = "shop-prod"
}

run "all_regions_and_tamper_evident" {
  command = plan

  assert {
    condition     = aws_cloudtrail.this.is_multi_region_trail && aws_cloudtrail.this.include_global_service_events
    error_message = "What happens in another region or to identities must be recorded, too."
  }

  assert {
    condition     = aws_cloudtrail.this.enable_log_file_validation && aws_cloudtrail.this.kms_key_id == var.kms_key_arn
    error_message = "A changed or deleted file must be noticed, and the files must be encrypted with our key."
  }
}
