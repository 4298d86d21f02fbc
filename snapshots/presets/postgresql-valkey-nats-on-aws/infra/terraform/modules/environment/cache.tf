variable "cache" {
  description = "Version and nodes of the cache, when AWS may update them in UTC, and the version of its password."
  type = object({
    engine_version     = string
    maintenance_window = string
    node_type          = string
    nodes              = number
    password_version   = number
  })
  nullable = false
}

# Made in memory for each apply, and stored nowhere. Letters and digits only, so that it can stand in an address as it is.
ephemeral "random_password" "cache" {
  length  = 64
  special = false
}

module "cache_key" {
  source = "../key"

  alias       = "${local.prefix}-cache"
  description = "What services of ${local.prefix} keep in the cache"
}

module "cache" {
  source = "../elasticache"

  alarm_topic_arn          = module.alerting.topic_arn
  client_security_group_id = module.cluster.security_group_id
  engine_version           = var.cache.engine_version
  kms_key_arn              = module.cache_key.arn
  maintenance_window       = var.cache.maintenance_window
  name                     = local.prefix
  node_type                = var.cache.node_type
  nodes                    = var.cache.nodes
  password                 = ephemeral.random_password.cache.result
  password_version         = var.cache.password_version
  runbook                  = local.runbook
  subnet_ids               = module.network.private_subnet_ids
  vpc_id                   = module.network.vpc_id
}

resource "aws_secretsmanager_secret" "cache" {
  #checkov:skip=CKV2_AWS_57:Rotation goes through password_version, so that a person watches the services reconnect.
  name                    = "${local.name}/${var.environment}/cache"
  description             = "Address of the cache with its password: url"
  kms_key_id              = module.secrets_key.arn
  recovery_window_in_days = 30
}

# Written together with the user's password, when the version goes up. Where an apply ended between the two, services are refused
# until the version goes up once more.
resource "aws_secretsmanager_secret_version" "cache" {
  secret_id                = aws_secretsmanager_secret.cache.id
  secret_string_wo         = jsonencode({ url = "rediss://default:${ephemeral.random_password.cache.result}@${module.cache.host}:6379" })
  secret_string_wo_version = var.cache.password_version
}
