# Third-party images that pods need, cached in this registry after their first use: a backup or a restore does not depend on
# an external registry or its rate limits. Only upstream registries that need no login are configured.
resource "aws_ecr_pull_through_cache_rule" "this" {
  for_each = { ecr = "public.ecr.aws", quay = "quay.io" }

  ecr_repository_prefix = "${var.name}-${each.key}"
  upstream_registry_url = each.value
}

# Made beforehand, so that no node may create repositories. AWS keeps tags in step with the upstream registry; pods name
# digests, which do not move.
resource "aws_ecr_repository" "cache" {
  #checkov:skip=CKV_AWS_51:AWS moves the tags of a cache as the upstream registry does; manifests name digests.
  for_each = var.cached_images

  name                 = "${var.name}-${each.key}"
  image_tag_mutability = "MUTABLE"

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = module.key.arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_repository_policy" "cache" {
  for_each = aws_ecr_repository.cache

  repository = each.value.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "PullThroughFromOtherEnvironments"
      Effect    = "Allow"
      Principal = { AWS = [for account in sort(var.pull_account_ids) : "arn:aws:iam::${account}:root"] }
      Action = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
      ]
    }]
  })
}
