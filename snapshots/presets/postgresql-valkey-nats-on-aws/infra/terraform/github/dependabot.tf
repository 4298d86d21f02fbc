# Known holes in dependencies raise alerts, and pull requests that close them.
resource "github_repository_vulnerability_alerts" "this" {
  repository = local.repository
  enabled    = true
}

resource "github_repository_dependabot_security_updates" "this" {
  repository = local.repository
  enabled    = true

  depends_on = [github_repository_vulnerability_alerts.this]
}
