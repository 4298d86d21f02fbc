#!/usr/bin/env bash
# Makes a base backup for point-in-time recovery, now, and waits until it is ready: exit status 1 when it is not. Slices of
# the change log begin with the first base.
#
#   scripts/mongodb-base.sh [PREFIX]      PREFIX of its name: manual unless given
#
# Needs kubectl on the cluster (scripts/cluster-connect.sh ENV). How to restore: docs/runbooks/mongodb-restore.md.
set -euo pipefail

namespace=shop
prefix="${1:-manual}"

fail() {
  echo "mongodb-base: $1" >&2
  exit 1
}

[[ $# -le 1 && "$prefix" =~ ^[a-z][a-z-]*$ ]] || { echo "usage: scripts/mongodb-base.sh [PREFIX]" >&2; exit 2; }
backup="$(kubectl -n "$namespace" create -o 'jsonpath={.metadata.name}' -f - << YAML
apiVersion: psmdb.percona.com/v1
kind: PerconaServerMongoDBBackup
metadata:
  generateName: $prefix-
spec:
  clusterName: mongodb
  storageName: s3
  type: logical
YAML
)" || fail "the backup could not be started"

echo "mongodb-base: waiting for $backup"
last="" unanswered=0
while :; do
  if state="$(kubectl -n "$namespace" get perconaservermongodbbackup "$backup" --ignore-not-found \
    -o 'jsonpath={.metadata.name} {.status.state}')"; then
    unanswered=0
    [ -n "$state" ] || fail "$backup does not exist any more"
    state="${state#* }"
    [ "$state" = "$last" ] || echo "mongodb-base: ${state:-not yet seen by the operator}"
    last="$state"
    case "$state" in
      ready) break ;;
      error | rejected)
        fail "$backup: $(kubectl -n "$namespace" get perconaservermongodbbackup "$backup" -o 'jsonpath={.status.error}')"
        ;;
    esac
  else
    # A tunnel that breaks for a moment ends nothing.
    unanswered=$((unanswered + 1))
    [ "$unanswered" -lt 30 ] || fail "the cluster does not answer; $backup may still run"
  fi
  sleep "${POLL_SECONDS:-10}"
done
