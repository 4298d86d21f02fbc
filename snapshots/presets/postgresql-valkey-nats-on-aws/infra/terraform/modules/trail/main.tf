# Who did what in the account, in all regions. The first copy of management events is free of charge.
resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:GuardDuty analyses the events; a notification for every delivered log file has no consumer.
  #checkov:skip=CKV2_AWS_10:The trail is queried rarely; a log group costs many times as much as the bucket.
  name                          = var.name
  s3_bucket_name                = var.bucket
  s3_key_prefix                 = "cloudtrail"
  kms_key_id                    = var.kms_key_arn
  enable_log_file_validation    = true
  include_global_service_events = true
  is_multi_region_trail         = true
}
