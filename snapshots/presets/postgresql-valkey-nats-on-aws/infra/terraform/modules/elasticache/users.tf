# Addresses with and without a user name log in as `default`, so one with a password takes the place of the one without.
resource "aws_elasticache_user" "default" {
  user_id              = "${var.name}-default"
  user_name            = "default"
  engine               = "valkey"
  access_string        = "on ~* &* +@all"
  passwords_wo         = var.password
  passwords_wo_version = var.password_version
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = "${var.name}-cache"
  engine        = "valkey"
  user_ids      = [aws_elasticache_user.default.user_id]
}
