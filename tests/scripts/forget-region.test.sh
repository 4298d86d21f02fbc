#!/usr/bin/env bash
# scripts/forget-region.sh: what was in a lost region leaves the state, the rest stays in it.
# Only with scripts/restore.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-in
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export LOG="$sandbox/log"
region="$(sed -n 's/^region=//p' scripts/restore.sh)"
stand_in terraform <<'TEXT'
echo "$*" >> "$LOG"
[[ "$2" != "${FAILING-}" ]] || exit 1
case "$*" in
  *registry*" show "*) echo '{"format_version": "1.0"}' ;;
  *" show "*)
    echo '{"values": {"root_module": {
      "resources": [
        {"mode": "managed", "address": "aws_iam_role.global", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {}},
        {"mode": "data", "address": "data.aws_ami.read", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"region": "xx-lost-1"}},
        {"mode": "managed", "address": "other.thing", "provider_name": "registry.terraform.io/mongodb/mongodbatlas", "values": {"region": "xx-lost-1"}}],
      "child_modules": [{"resources": [
        {"mode": "managed", "address": "module.backup_bucket.aws_s3_bucket.this", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"region": "xx-kept-1"}},
        {"mode": "managed", "address": "module.network.aws_subnet.this[\"a b\"]", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"region": "xx-lost-1"}}],
        "child_modules": [{"resources": [
          {"mode": "managed", "address": "module.a.module.b.aws_vpc.this", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"region": "xx-lost-1"}}]}]}]}}}'
    ;;
esac
TEXT
typing() {
  local text="$1"
  shift
  "$@" <<< "$text"
}
# did PATTERN / did_not PATTERN TITLE: about the calls of the last run.
did() { expect 0 "$1" "$2" cat "$LOG"; }
did_not() { expect 1 "" "$2" grep -e "$1" "$LOG"; }

expect 0 "aws_subnet" "what was lost is listed and forgotten" typing "$name-prod" scripts/forget-region.sh prod xx-lost-1
did '-chdir=infra/terraform/environments/prod state rm module.network.aws_subnet.this["a b"] module.a.module.b.aws_vpc.this' "with names as they are"
did '-chdir=infra/terraform/bootstrap/prod state rm' "in every root"
did_not "registry state rm" "but none that holds nothing of it"
did_not "aws_iam_role\|backup_bucket\|other.thing\|data.aws" "what is global, elsewhere or not of AWS stays"

: > "$LOG"
expect 1 "not confirmed" "without an answer" typing "" scripts/forget-region.sh staging xx-lost-1
did_not "state rm\|prod" "nothing is changed, and nothing of another environment is read"
FAILING=show expect 1 "" "a state that cannot be read" typing "$name-staging" scripts/forget-region.sh staging xx-lost-1
did_not "state rm" "changes nothing"
expect 1 "first: scaffold update" "the region that the code names" scripts/forget-region.sh prod "$(sed -n 's/^ *region = "\(.*\)"/\1/p' "$repository/infra/terraform/registry/providers.tf")"
expect 1 "the state itself" "the region of the state" scripts/forget-region.sh prod "$region"
expect 1 "usage" "no region" scripts/forget-region.sh prod
expect 1 "usage" "an unknown environment" scripts/forget-region.sh dev xx-lost-1
finish
