#!/usr/bin/env bash
# Restores streams of the message broker from a backup. For people; the procedure around it is docs/runbooks/broker.md.
#
#   scripts/broker-restore.sh list ENV                     which backups there are, the newest last
#   scripts/broker-restore.sh run ENV BACKUP [STREAM...]   restores all streams of one, or those that are named
#
# BACKUP is a name that `list` prints. A stream that exists is refused: delete it first, as the runbook says. It needs
# aws (signed in to the account of ENV), jq, and kubectl on the cluster of ENV (scripts/cluster-connect.sh ENV). The
# archive passes through a temporary folder of this machine.
set -euo pipefail

name=shop
namespace=shop
region=eu-west-1
prefix=broker

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "broker-restore: $1" >&2
  exit 1
}

bucket_of() {
  case "$1" in
    staging) echo "$name-staging-backups-111122223333" ;;
    prod) echo "$name-prod-backups-444455556666" ;;
    *) fail "unknown environment '$1'" ;;
  esac
}

k() { kubectl --namespace "$namespace" "$@"; }

# Names of the complete backups. Without its manifest a backup is not complete.
backups() {
  local listing
  listing="$(aws s3api list-objects-v2 --bucket "$1" --region "$region" --prefix "$prefix/" \
    --query 'Contents[].[Key,Size]' --output text)" || fail "s3://$1 could not be listed"
  awk -F '\t' '$1 ~ /\/manifest\.json$/ { split($1, part, "/"); print part[2] }' <<< "$listing" | LC_ALL=C sort
}

list() {
  local bucket found
  [ $# = 1 ] || usage
  bucket="$(bucket_of "$1")"
  found="$(backups "$bucket")" || exit 1
  [ -n "$found" ] || fail "there is no complete backup in s3://$bucket"
  echo "$found"
}

run() {
  local bucket backup file pod environment connected
  [ $# -ge 2 ] || usage
  environment="$1" backup="$2"
  shift 2
  bucket="$(bucket_of "$environment")"
  connected="$(k get configmap broker-backup-settings --output 'jsonpath={.data.ENVIRONMENT}')" || fail "the cluster is not reached"
  [ "$connected" = "$environment" ] || fail "kubectl is connected to $connected, not to $environment"
  backups "$bucket" | grep -qxF "$backup" || fail "there is no complete backup '$backup'; see: scripts/broker-restore.sh list $environment"
  folder="$(mktemp -d)"
  job="broker-restore-$(date -u +%Y%m%d%H%M%S)"
  trap 'rm -rf "$folder"; k delete job "$job" --ignore-not-found --wait=false > /dev/null' EXIT
  for file in manifest.json streams.tar.sha256 streams.tar; do
    aws s3 cp --only-show-errors --region "$region" "s3://$bucket/$prefix/$backup/$file" "$folder/$file" ||
      fail "$file could not be fetched"
  done
  [ "$(jq -r .sha256 "$folder/manifest.json")" = "$(cut -d ' ' -f 1 "$folder/streams.tar.sha256")" ] || fail "manifest and checksum do not belong together"
  k create job "$job" --from=cronjob/broker-restore > /dev/null
  k wait pod --selector "job-name=$job" --for=create --timeout=2m > /dev/null
  k wait pod --selector "job-name=$job" --for=condition=Ready --timeout=10m > /dev/null
  pod="$(k get pod --selector "job-name=$job" --output name)"
  for file in streams.tar.sha256 streams.tar; do
    k exec --stdin "$pod" -- sh -c "cat > /work/$file" < "$folder/$file"
  done
  k exec "$pod" -- sh /scripts/restore.sh "$@"
}

command="${1:-}"
[ $# = 0 ] || shift
case "$command" in
  list) list "$@" ;;
  run) run "$@" ;;
  *) usage ;;
esac
