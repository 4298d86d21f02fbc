#!/usr/bin/env bash
# Turns on the audit log of the database in Atlas: who failed to log in, and who changed users, roles or collections. Reads and
# writes are not recorded. Terraform leaves this setting alone, because an account that reads it could also delete the database.
# Usage: scripts/atlas-auditing.sh staging|prod, after `atlas auth login` as an owner of the organization. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "atlas-auditing: $*" >&2
  exit 1
}

environment="${1:-}"
case "$environment" in
  staging) ;;
  prod) ;;
  *) fail "usage: scripts/atlas-auditing.sh staging|prod" ;;
esac

terraform="${TERRAFORM:-terraform}" # or tofu
for tool in atlas jq "$terraform"; do
  command -v "$tool" > /dev/null || fail "$tool is not installed"
done

project="$("$terraform" -chdir="infra/terraform/environments/$environment" output -raw atlas_project_id)" \
  || fail "the state of $environment knows no project: apply infra/terraform/environments/$environment first"

filter="$(jq -n -c '{"$or": [
  {atype: "authenticate", result: {"$ne": 0}},
  {atype: {"$in": ["createRole", "createUser", "dropCollection", "dropDatabase", "dropRole", "dropUser", "grantPrivilegesToRole",
    "grantRolesToUser", "updateRole", "updateUser"]}}
]}')"
atlas auditing update --projectId "$project" --enabled --auditFilter "$filter" > /dev/null
atlas auditing describe --projectId "$project" --output json | jq -e '.enabled' > /dev/null \
  || fail "Atlas says that auditing of project $project is off"
echo "auditing of shop-$environment is on"
