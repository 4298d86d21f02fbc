# Applied by a person who administers the repository, with a token that is stored nowhere:
#   GITHUB_TOKEN="$(gh auth token)" terraform apply
provider "github" {
  owner = "acme"
}
