# Whose tokens become roles of the environment.
resource "terraform_data" "trust" {
  input = {
    prefix     = "${var.name}-${var.environment}-ci"
    repository = var.repository
  }
}
