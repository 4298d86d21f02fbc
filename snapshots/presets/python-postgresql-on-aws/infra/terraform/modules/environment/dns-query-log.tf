# Route 53 writes its logs to us-east-1 only.
module "dns_log_key" {
  source = "../key"

  alias           = "${local.prefix}-dns-logs"
  cloudwatch_logs = true
  description     = "DNS query log of ${var.host}"
  region          = "us-east-1"
}

resource "aws_cloudwatch_log_group" "queries" {
  region            = "us-east-1"
  name              = "/aws/route53/${var.host}"
  kms_key_id        = module.dns_log_key.arn
  retention_in_days = 365
}

resource "aws_cloudwatch_log_resource_policy" "queries" {
  region      = "us-east-1"
  policy_name = "${local.prefix}-dns-queries"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "route53.amazonaws.com" }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.queries.arn}:*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_route53_query_log" "this" {
  zone_id                  = aws_route53_zone.this.zone_id
  cloudwatch_log_group_arn = aws_cloudwatch_log_group.queries.arn

  depends_on = [aws_cloudwatch_log_resource_policy.queries]
}
