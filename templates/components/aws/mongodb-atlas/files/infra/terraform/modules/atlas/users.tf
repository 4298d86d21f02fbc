# Users are AWS roles: they log in with the temporary credentials of their pod, so there is no password to
# leak or to rotate.
resource "mongodbatlas_database_user" "this" {
  for_each = var.users

  project_id         = mongodbatlas_project.this.id
  username           = each.value.role_arn
  auth_database_name = "$external"
  aws_iam_type       = "ROLE"
  description        = each.value.description

  dynamic "roles" {
    for_each = each.value.roles

    content {
      role_name     = roles.value.name
      database_name = roles.value.database
    }
  }

  scopes {
    name = mongodbatlas_advanced_cluster.this.name
    type = "CLUSTER"
  }
}
