#!/usr/bin/env bash
# Takes what was in a lost region out of the Terraform state of an environment, so that the next apply makes it in the region
# that the code names. It deletes nothing in AWS. What is global (roles, DNS zones) or in another region (backups, the state)
# stays in the state and in use. When to do it: docs/disaster-recovery.md, "Loss of a region".
#
#   scripts/forget-region.sh staging|prod REGION
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "forget-region: $*" >&2
  exit 1
}

case "${1:-}" in
  staging) roots=(bootstrap/staging environments/staging) ;;
  prod) roots=(bootstrap/prod registry environments/prod) ;;
  *) fail "usage: scripts/forget-region.sh staging|prod REGION" ;;
esac
[[ $# -eq 2 && "$2" =~ ^[a-z]{2}(-[a-z]+)+-[0-9]$ ]] || fail "usage: scripts/forget-region.sh staging|prod REGION"
environment="$1"
lost="$2"
[[ "$lost" != eu-central-1 ]] || fail "the code still names $lost; first: scaffold update --set aws_region=..."
[[ "$lost" != eu-west-1 ]] || fail "the state itself is in $lost"
terraform="${TERRAFORM:-terraform}" # or tofu

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for root in "${roots[@]}"; do
  "$terraform" -chdir="infra/terraform/$root" init -input=false > /dev/null
  # Every resource of the provider that belongs to a region says to which; one that copies from there asks that region when it ends.
  "$terraform" -chdir="infra/terraform/$root" show -json | jq --raw-output --arg lost "$lost" '
    .values.root_module // {} | recurse(.child_modules[]?) | .resources[]?
    | select(.mode == "managed" and (.provider_name | endswith("/aws")) and (.values.region == $lost or (.values.source_db_instance_arn // "" | contains(":\($lost):")))) | .address' \
    > "$work/${root//\//-}"
  echo "$root: $(wc -l < "$work/${root//\//-}" | tr -d ' ') resources in $lost"
done
cat "$work"/*

printf 'Terraform will not know them any more. Type shop-%s to go on: ' "$environment"
typed=""
read -r typed || true
[[ "$typed" == "shop-$environment" ]] || fail "not confirmed; nothing was changed"
for root in "${roots[@]}"; do
  addresses=()
  while IFS= read -r address; do addresses+=("$address"); done < "$work/${root//\//-}"
  if [[ "${#addresses[@]}" -gt 0 ]]; then
    "$terraform" -chdir="infra/terraform/$root" state rm "${addresses[@]}"
  fi
done
