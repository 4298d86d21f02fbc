# Whoever can push a branch can run a plan, so plans use an account of Atlas that only reads. Its credentials are read
# for the length of one run and reach neither the plan nor the state.
ephemeral "aws_secretsmanager_secret_version" "atlas" {
  secret_id = "shop/staging/${terraform.applying ? "atlas-terraform" : "atlas-terraform-plan"}"
}

# A secret without these two keys leaves the provider to MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET.
provider "mongodbatlas" {
  client_id     = try(jsondecode(ephemeral.aws_secretsmanager_secret_version.atlas.secret_string).client_id, null)
  client_secret = try(jsondecode(ephemeral.aws_secretsmanager_secret_version.atlas.secret_string).client_secret, null)
}
