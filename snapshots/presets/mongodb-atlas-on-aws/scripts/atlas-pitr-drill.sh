#!/usr/bin/env bash
# Drills the point-in-time recovery of Atlas. Makes a cluster like that of ENV in a scratch project, restores ENV into it as of its
# newest backup in the bucket, compares what came back with the manifest of that backup, adds a row to docs/restore-log.md, and
# deletes the cluster, also when a step fails and on Ctrl-C. Takes about an hour, and costs what such a cluster costs for that time.
#
#   scripts/atlas-pitr-drill.sh ENV --scratch-project ID
#
# ENV is staging or prod; docs/restore-drill.md says how the scratch project is made, once. For people only: an account that may
# start a restore may also restore over the live cluster, so nothing but a person has one. It needs atlas (signed in as Project Owner of both
# projects), aws (signed in to the account of ENV), jq, mongosh, and terraform with access to the state of ENV.
set -euo pipefail
cd "$(dirname "$0")/.."

cluster=shop-pitr-drill
log=docs/restore-log.md

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "atlas-pitr-drill: $1" >&2
  exit 1
}

environment="" scratch=""
while [ $# -gt 0 ]; do
  case "$1" in
    --scratch-project) [ $# -ge 2 ] || usage; scratch="$2"; shift 2 ;;
    -*) usage ;;
    *) [ -z "$environment" ] || usage; environment="$1"; shift ;;
  esac
done
case "$environment" in
  staging) bucket="shop-staging-backups-111122223333" ;;
  prod) bucket="shop-prod-backups-444455556666" ;;
  *) usage ;;
esac
[[ "$scratch" =~ ^[0-9a-f]{24}$ ]] || fail "--scratch-project must be the id of a project, 24 hexadecimal digits"
for tool in atlas aws jq mongosh terraform; do
  command -v "$tool" > /dev/null || fail "$tool is not installed"
done

output() {
  terraform -chdir="infra/terraform/environments/$environment" output -raw "$1"
}
project="$(output atlas_project_id)" || fail "the state of $environment does not say which project is the source"
source="$(output atlas_cluster_name)" || fail "the state of $environment does not say which cluster is the source"
[ "$scratch" != "$project" ] || fail "the scratch project is that of $environment; make another one, as docs/restore-drill.md says"

delete="atlas clusters delete $cluster --projectId $scratch"
if atlas clusters describe "$cluster" --projectId "$scratch" > /dev/null 2>&1; then
  fail "$cluster exists: another drill runs, or one was killed; then delete it first: $delete"
fi

work="$(mktemp -d)"
made=false
clean_up() {
  local status=$? attempt
  # A second Ctrl-C must not leave the cluster.
  trap '' INT TERM HUP
  rm -rf "$work"
  if [ "$made" = true ]; then
    echo "deleting $cluster"
    for attempt in 1 2 3; do
      if atlas clusters delete "$cluster" --projectId "$scratch" --force --watch > /dev/null; then exit "$status"; fi
      [ "$attempt" = 3 ] || sleep "${POLL_SECONDS:-30}"
    done
    echo "atlas-pitr-drill: $cluster could not be deleted; if it exists, it costs money and holds data of $environment: $delete" >&2
    exit 1
  fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

backup="$(scripts/restore.sh list "$environment" | tail -n 1 | cut -d ' ' -f 1)" || fail "$environment has no backup to compare with"
aws s3 cp --only-show-errors --region eu-west-1 "s3://$bucket/mongodb/$backup/manifest.json" "$work/manifest.json" ||
  fail "the manifest of $backup could not be fetched"
# The manifest holds what was counted just before recovery_point, which is cut to the second.
at="$(jq --exit-status --raw-output '.recovery_point | fromdateiso8601 + 2 | todate' "$work/manifest.json")" ||
  fail "the manifest of $backup names no moment"

settings="$(atlas clusters describe "$source" --projectId "$project" --output json | jq --exit-status --raw-output '
  ([.replicationSpecs[].regionConfigs[]] | max_by(.priority)) as $main
  | [$main.regionName, $main.electableSpecs.instanceSize, ([.. | .diskSizeGB? | numbers] | max), .mongoDBMajorVersion]
  | select(all(. != null)) | @tsv')" || fail "Atlas does not say how large $source in project $project is"
read -r region tier disk version <<< "$settings"

echo "source  $source in project $project, as of $at (backup $backup)"
echo "target  $cluster in project $scratch: $tier, $disk GB, MongoDB $version, $region; deleted at the end"

# broken REASON: the drill failed, and the log says so.
broken() {
  jq --null-input --compact-output --arg environment "$environment" --arg at "$at" --arg error "$1" '{ok: false, environment: $environment,
    backup: "point in time \($at)", finished_at: (now | floor | todate), error: $error}' | scripts/record-drill.sh "$log"
  fail "$1"
}

date -u +%Y-%m-%dT%H:%M:%SZ > "$work/drill_started_at"
made=true
atlas clusters create "$cluster" --projectId "$scratch" --provider AWS --region "$region" --tier "$tier" --diskSizeGB "$disk" \
  --mdbVersion "$version" > /dev/null || fail "Atlas did not make $cluster"
atlas clusters watch "$cluster" --projectId "$scratch" > /dev/null || fail "$cluster did not become ready"
scripts/atlas-pitr-restore.sh "$environment" --at "$at" --target-project "$scratch" --target-cluster "$cluster" --uri-file "$work/uri" \
  <<< "$cluster" || broken "the restore failed, or its target could not be reached"

# User and access list take effect after a minute or two.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  if URI_FILE="$work/uri" OUT="$work/restored.json" mongosh --quiet --nodb --file k8s/components/backup/scripts/inventory.js; then break; fi
  [ "$attempt" -lt 10 ] || broken "the restored data could not be read"
  sleep "${POLL_SECONDS:-30}"
done
# The age of the backup does not matter here: the drill proves that any moment can be restored.
WORK="$work" ENVIRONMENT="$environment" RPO_LIMIT_SECONDS=604800 RTO_LIMIT_SECONDS=14400 \
  mongosh --quiet --nodb --file k8s/components/restore-drill/scripts/verify.js || broken "the comparison with the manifest did not finish"
jq --compact-output --arg at "$at" '.backup = "point in time \($at)" | .rpo_seconds = null' "$work/result.json" > "$work/row.json"
scripts/record-drill.sh "$log" < "$work/row.json"
jq --exit-status '.ok' "$work/row.json" > /dev/null || fail "what came back is not what the manifest of $backup says; the row in $log names it"
echo "commit $log"
