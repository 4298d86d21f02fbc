#!/usr/bin/env bash
# scripts/mongodb-base.sh: it comes back from every end that a base backup can take.
# Only with scripts/mongodb-base.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

base="$root/scripts/mongodb-base.sh"

cluster() {
  world
  export JOB_STATE="$1" POLL_SECONDS=0
}

cluster "new waiting running ready"
run 0 "$base"
says "waiting for manual-x1y2z"
says "mongodb-base: ready"
holds "of the replica set, into S3" test "$(grep -cE '^  (clusterName: mongodb|storageName: s3|type: logical)$' "$STAND_IN/created.yaml")" = 3
cluster ready
run 0 "$base" before-restore
says "waiting for before-restore-x1y2z"
cluster "waiting error"
run 1 "$base"
says "manual-x1y2z: no storage"
cluster rejected
run 1 "$base"
cluster "waiting gone"
run 1 "$base"
says "does not exist any more"
cluster "waiting silent silent ready"
run 0 "$base"
cluster silent
run 1 "$base"
says "does not answer"
cluster ready
FAIL=kubectl:create run 1 "$base"
says "could not be started"
run 2 "$base" prod now
run 2 "$base" "Not A Name"

finish
