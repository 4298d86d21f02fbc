#!/usr/bin/env bash
# Prepares an AWS account: the bucket for the Terraform state, the trust in this repository's workflows, the roles.
# Usage: scripts/bootstrap.sh staging|prod, with administrator credentials of that account.
# Safe to repeat: once the state is in the bucket, it is an ordinary apply.
set -euo pipefail

fail() {
  echo "bootstrap: $*" >&2
  exit 1
}

environment="${1:-}"
case "$environment" in
  staging) account=111122223333 ;;
  prod) account=444455556666 ;;
  *) fail "usage: scripts/bootstrap.sh staging|prod" ;;
esac

terraform="${TERRAFORM:-terraform}" # or tofu
for tool in aws "$terraform"; do
  command -v "$tool" > /dev/null || fail "$tool is not installed"
done

caller="$(aws sts get-caller-identity --query Account --output text)" || fail "no AWS credentials; sign in to account $account and run: export AWS_PROFILE=shop-$environment"
[ "$caller" = "$account" ] || fail "these are credentials of account $caller, but $environment is account $account; run: export AWS_PROFILE=shop-$environment"

cd "$(dirname "$0")/../infra/terraform/bootstrap/$environment"
bucket="shop-$environment-tfstate-$account"
export AWS_REGION=eu-west-1

if aws s3api head-object --bucket "$bucket" --key bootstrap/terraform.tfstate > /dev/null 2>&1; then
  "$terraform" init -input=false
  exec "$terraform" apply
fi

if [ ! -f terraform.tfstate ] && aws s3api head-bucket --bucket "$bucket" > /dev/null 2>&1; then
  fail "bucket $bucket exists, but no state knows about it: see docs/runbooks/terraform.md, \"The bootstrap state is lost\""
fi

# An account has one detector of threats in a region.
case "$environment" in
  staging | prod)
    detector="$(aws guardduty list-detectors --region eu-central-1 --query 'DetectorIds[0]' --output text)" || fail "the detectors of account $account cannot be listed"
    [ -f terraform.tfstate ] || [ "$detector" = None ] \
      || fail "account $account detects threats with GuardDuty already: scaffold update --set threat_detection=false" ;;
esac

# An account has one provider, by which AWS knows the tokens of all workflows.
provider="arn:aws:iam::$account:oidc-provider/token.actions.githubusercontent.com"
if aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$provider" > /dev/null 2>&1; then there=existing; else there=none; fi
case "$environment $there" in
  "staging existing")
    [ -f terraform.tfstate ] \
      || fail "account $account has an OIDC provider of GitHub: scaffold update --set environments.staging.oidc_provider=existing" ;;
  "prod existing")
    [ -f terraform.tfstate ] \
      || fail "account $account has an OIDC provider of GitHub: scaffold update --set environments.prod.oidc_provider=existing" ;;
esac

# The bucket is created with a local state, which then moves into it. An interrupted run can be started again.
trap 'rm -f backend_override.tf' EXIT
printf 'terraform {\n  backend "local" {}\n}\n' > backend_override.tf
"$terraform" init -input=false -reconfigure
"$terraform" apply

rm backend_override.tf
"$terraform" init -input=false -migrate-state -force-copy
aws s3api head-object --bucket "$bucket" --key bootstrap/terraform.tfstate > /dev/null \
  || fail "the state did not arrive in $bucket; it is still in $PWD/terraform.tfstate, run this script again"
rm -f terraform.tfstate terraform.tfstate.backup
echo "bootstrap: account $account is ready, its state is in $bucket"
