#!/usr/bin/env bash
# Stores the credentials of an Atlas service account where Terraform reads them.
# Usage: scripts/put-atlas-credentials.sh staging|prod [--plan]   (--plan: the account that only reads)
# Id and secret are typed in, so that they reach neither the shell history nor the process list.
set -euo pipefail

fail() {
  echo "put-atlas-credentials: $*" >&2
  exit 1
}

environment="${1:-}"
case "$environment" in
  staging) account=111122223333 ;;
  prod) account=444455556666 ;;
  *) fail "usage: scripts/put-atlas-credentials.sh staging|prod [--plan]" ;;
esac

case "${2:-}" in
  "") secret="shop/$environment/atlas-terraform" ;;
  --plan) secret="shop/$environment/atlas-terraform-plan" ;;
  *) fail "unknown option $2" ;;
esac

for tool in aws jq; do
  command -v "$tool" > /dev/null || fail "$tool is not installed"
done

caller="$(aws sts get-caller-identity --query Account --output text)" || fail "no AWS credentials; sign in to account $account; run: export AWS_PROFILE=shop-$environment"
[ "$caller" = "$account" ] || fail "these are credentials of account $caller, but $environment is account $account; run: export AWS_PROFILE=shop-$environment"

read -r -p "Client id: " client_id
read -r -s -p "Client secret: " client_secret
echo
case "$client_id" in
  mdb_sa_id_*) ;;
  *) fail "a client id of Atlas starts with mdb_sa_id_" ;;
esac
[ -n "$client_secret" ] || fail "the client secret is empty"

file="$(mktemp)"
trap 'rm -f "$file"' EXIT
jq -n --rawfile secret <(printf %s "$client_secret") --arg id "$client_id" '{client_id: $id, client_secret: $secret}' > "$file"
aws secretsmanager put-secret-value --region eu-central-1 --secret-id "$secret" --secret-string "file://$file" > /dev/null
echo "stored in $secret of account $account"
