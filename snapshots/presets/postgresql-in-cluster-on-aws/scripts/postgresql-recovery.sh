#!/usr/bin/env bash
# Recovers the database of ENV to a moment, by CloudNativePG, always into a new cluster: the one that is there is not touched. For people;
# the procedures around it are docs/runbooks/restore.md and docs/restore-drill.md.
#
#   scripts/postgresql-recovery.sh restore ENV MOMENT [ARCHIVE [IMAGE]]
#                                                   make a cluster of that moment, such as 2026-11-20T10:15:00Z, and print its name;
#                                                   repeated, it goes on waiting
#   scripts/postgresql-recovery.sh dump ENV NAME          dump it beside the other backups, named after its moment
#   scripts/postgresql-recovery.sh delete ENV NAME        delete a cluster that a recovery has made, and its volumes
#   scripts/postgresql-recovery.sh drill ENV              restore the moment of the newest backup, compare every row with it,
#                                                   add a row to docs/restore-log.md, and delete the cluster
#
# ARCHIVE is the change log of another cluster in the bucket, such as the one before a new major version, and IMAGE that of its server; without
# them, both are those of the live one. ENV is staging or prod. A new cluster needs a node for an instance, and time for base and change log. It needs jq, kubectl on
# the cluster of ENV (scripts/cluster-connect.sh ENV), and for `dump` and `drill` aws (signed in to the account of ENV).
set -euo pipefail
cd "$(dirname "$0")/.."

name=shop
namespace=shop
log=docs/restore-log.md

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "postgresql-recovery: $1" >&2
  exit 1
}

k() {
  kubectl -n "$namespace" "$@"
}

confirm() {
  local typed=""
  echo "$2" >&2
  printf 'Type %s to go on: ' "$1" >&2
  read -r typed || true
  [ "$typed" = "$1" ] || fail "not confirmed; nothing was changed"
}

described() {
  k get cluster.postgresql.cnpg.io "$1" --output json
}

# A cluster that this script made, never the live one.
other_cluster() {
  [[ "$1" == postgresql-* ]] || fail "$1 is no cluster of a recovery; their names begin with postgresql-"
  described "$1" > /dev/null || fail "there is no cluster $1"
  described "$1" | jq --exit-status .metadata.annotations.moment > /dev/null || fail "$1 was not made by a recovery"
}

# A recovery ends at the first commit after its moment. In a database that is idle there may be none yet: this makes one in the change log,
# which changes no data, and waits until it is archived.
pass_moment() {
  local attempt primary segment
  primary="$(described postgresql | jq --exit-status --raw-output .status.currentPrimary)" || return 1
  segment="$(k exec "$primary" -c postgres -- psql --no-psqlrc --quiet --tuples-only --no-align \
    --command="SELECT 1 FROM pg_logical_emit_message(true, 'recovery', 'moment')" --command='SELECT pg_walfile_name(pg_switch_wal())' | tail -n 1)" || return 1
  for attempt in $(seq 30); do
    [ "$(k exec "$primary" -c postgres -- psql --no-psqlrc --quiet --tuples-only --no-align \
      --command="SELECT last_archived_wal >= '$segment' FROM pg_stat_archiver")" != t ] || return 0
    [ "$attempt" = 30 ] || sleep "${POLL_SECONDS:-10}"
  done
  return 1
}

# make TARGET MOMENT [ARCHIVE [IMAGE]]: with the image, the settings, the certificates and the size of the live one. Without the plugin in
# `plugins` it archives nothing, so it cannot write into the change log that it was made from.
make() {
  local live
  live="$(described postgresql)" || fail "there is no cluster postgresql"
  [ -n "${3:-}" ] || pass_moment || echo "postgresql-recovery: the live database archives nothing; the recovery fails if no commit after $2 is archived" >&2
  jq --arg target "$1" --arg moment "$2" --arg archive "${3:-}" --arg image "${4:-}" '
    ([.spec.plugins[]? | select(.isWALArchiver).parameters.serverName // "postgresql"][0] // "postgresql") as $own | {
    apiVersion, kind,
    metadata: {name: $target, namespace: .metadata.namespace, annotations: {moment: $moment}},
    spec: ((.spec | del(.bootstrap, .externalClusters, .managed, .plugins, .postgresql.synchronous, .serviceAccountTemplate, .superuserSecret)) + {
      instances: 1,
      enableSuperuserAccess: false,
      serviceAccountName: "postgresql",
      bootstrap: {recovery: {source: "live", recoveryTarget: {targetTime: $moment}}},
      externalClusters: [{name: "live", plugin: {name: "barman-cloud.cloudnative-pg.io",
        parameters: {barmanObjectName: "postgresql", serverName: (if $archive == "" then $own else $archive end)}}}]
    } + (if $image == "" then {} else {imageName: $image} end))
  }' <<< "$live" | k create -f - > /dev/null || fail "the cluster $1 could not be made"
  ready "$1"
}

ready() {
  k wait "cluster.postgresql.cnpg.io/$1" --for=condition=Ready --timeout="${WAIT:-4h}" > /dev/null ||
    fail "$1 did not become ready: kubectl -n $namespace describe cluster.postgresql.cnpg.io $1"
}

# The volumes outlive their claims, so they are told to go with them.
remove() {
  local volume
  for volume in $(k get persistentvolumeclaims --selector "cnpg.io/cluster=$1" --output 'jsonpath={.items[*].spec.volumeName}'); do
    kubectl patch persistentvolume "$volume" --patch '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}' > /dev/null || return 1
  done
  k delete cluster.postgresql.cnpg.io "$1" --ignore-not-found > /dev/null
}

restore() {
  local target
  [[ $# -ge 1 && $# -le 3 ]] || usage
  [[ "$1" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$ ]] || fail "the moment has the form 2026-11-20T10:15:00Z, in UTC"
  target="postgresql-$(tr -d ':-' <<< "$1" | tr '[:upper:]' '[:lower:]')"
  if described "$target" > /dev/null 2>&1; then
    ready "$target"
  else
    make "$target" "$@"
  fi
  echo "host  $target-rw.$namespace.svc"
  echo "$target"
}

dump() {
  local host moment job
  [ $# = 1 ] || usage
  other_cluster "$1"
  host="$1-rw.$namespace.svc"
  moment="$(described "$1" | jq --raw-output .metadata.annotations.moment)"
  job="postgresql-backup-$(date -u +%Y%m%d%H%M%S)"
  kubectl -n "$namespace" create job "$job" --from=cronjob/postgresql-backup --dry-run=client -o json |
    jq --arg host "$host" --arg moment "$moment" '(.spec.template.spec.initContainers[] | select(.name == "dump")).env
      += [{name: "OTHER_HOST", value: $host}, {name: "MOMENT", value: $moment}]' |
    kubectl -n "$namespace" create -f - > /dev/null || fail "the job could not be made"
  scripts/wait-job.sh "$namespace" "$job" || fail "the job failed: kubectl -n $namespace logs job/$job --all-containers"
  scripts/restore.sh list "$environment" | tail -n 3
}

delete() {
  [ $# = 1 ] || usage
  other_cluster "$1"
  confirm "$1" "$1 and its volumes are gone afterwards."
  remove "$1" || fail "$1 could not be deleted"
  echo "$1 is being deleted"
}

drill() {
  local bucket backup moment host status=0 started
  [ $# = 0 ] || usage
  case "$environment" in
    staging) bucket="shop-staging-backups-111122223333" ;;
    prod) bucket="shop-prod-backups-444455556666" ;;
  esac
  target=postgresql-drill
  if described "$target" > /dev/null 2>&1; then
    fail "$target exists: another drill runs, or one was killed; then delete it first: scripts/postgresql-recovery.sh delete $environment $target"
  fi
  work="$(mktemp -d)"
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  backup="$(scripts/restore.sh list "$environment" | tail -n 1 | cut -d ' ' -f 1)" || fail "$environment has no backup to compare with"
  aws s3 cp --only-show-errors --region eu-west-1 "s3://$bucket/postgresql/$backup/manifest.json" "$work/manifest.json" ||
    fail "the manifest of $backup could not be fetched"
  # Everything that the backup holds was committed before the end of this second.
  moment="$(jq --exit-status --raw-output '.recovery_point | fromdateiso8601 + 1 | todate' "$work/manifest.json")" || fail "the manifest of $backup names no moment"
  echo "source  postgresql as of $moment (backup $backup)"
  echo "target  $target, deleted at the end"
  started="$(date -u +%s)"
  made=true
  make "$target" "$moment"
  host="$target-rw.$namespace.svc"
  umask 077
  # The roles have the passwords of that moment.
  k get secret postgresql-backup -o 'jsonpath={.data.uri}' | base64 -d | sed "s/@[^:]*:/@$host:/" > "$work/uri"
  WITHIN_A_SECOND=true scripts/restore.sh run "$environment" "$backup" --uri-file "$work/uri" --compare || status=$?
  jq --null-input --compact-output --arg environment "$environment" --arg at "$moment" --argjson seconds "$(($(date -u +%s) - started))" \
    --argjson ok "$([ "$status" = 0 ] && echo true || echo false)" '{ok: $ok, environment: $environment, backup: "point in time \($at)",
      rto_seconds: $seconds, finished_at: (now | floor | todate)} + (if $ok then {} else {error: "the rows differ from the backup, or could not be compared"} end)' |
    scripts/record-drill.sh "$log"
  [ "$status" = 0 ] || fail "what came back is not what the manifest of $backup says; the log of the job names it"
  echo "commit $log"
}

made=false work="" target=""
clean_up() {
  local status=$? attempt
  # A second Ctrl-C must not leave the cluster.
  trap '' INT TERM HUP
  rm -rf "$work"
  if [ "$made" = true ]; then
    echo "deleting $target" >&2
    for attempt in 1 2 3; do
      if remove "$target"; then exit "$status"; fi
      [ "$attempt" = 3 ] || sleep "${POLL_SECONDS:-30}"
    done
    echo "postgresql-recovery: $target could not be deleted; if it exists, it holds data of $environment" >&2
    exit 1
  fi
  exit "$status"
}

[ $# -ge 2 ] || usage
command="$1" environment="$2"
shift 2
[[ "$environment" =~ ^(staging|prod)$ ]] || usage
context="$(kubectl config current-context || true)"
[[ "$context" == "$name-$environment" ]] || fail "kubectl is connected to '$context', not to $name-$environment; run: scripts/cluster-connect.sh $environment"
case "$command" in
  restore | dump | delete | drill) "$command" "$@" ;;
  *) usage ;;
esac
