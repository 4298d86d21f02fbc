# In object storage a gigabyte costs a fraction of what a log group takes, and flow logs are read rarely and later.
resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination          = "${var.flow_log_bucket_arn}/flow-logs/"
  log_destination_type     = "s3"
  max_aggregation_interval = 600

  destination_options {
    file_format        = "parquet"
    per_hour_partition = true
  }

  tags = { Name = var.name }
}
