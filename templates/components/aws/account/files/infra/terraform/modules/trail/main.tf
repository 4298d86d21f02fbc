# Who did what in the account, in all regions. The first copy of management events is free of charge.
resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:GuardDuty reads the events by itself; a message for each delivered file would be read by nobody.
  #checkov:skip=CKV2_AWS_10:The trail is read rarely and later; a log group costs many times what the bucket takes.
  name                          = var.name
  s3_bucket_name                = var.bucket
  s3_key_prefix                 = "cloudtrail"
  kms_key_id                    = var.kms_key_arn
  enable_log_file_validation    = true
  include_global_service_events = true
  is_multi_region_trail         = true
}
