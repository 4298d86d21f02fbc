#!/usr/bin/env bash
# scripts/run-job.sh and scripts/wait-job.sh: they come back from every end that a Job can take.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

cluster() {
  world
  export JOB_STATE="$1" POLL_SECONDS=0
}

# --- waiting
cluster "running running Complete"
run 0 "$root/scripts/wait-job.sh" shop mongodb-backup-first
says "is complete"
holds "three questions" test "$(cat "$STAND_IN/asked")" = 3
cluster "running Failed"
run 1 "$root/scripts/wait-job.sh" shop mongodb-backup-first
says "failed: BackoffLimitExceeded too often"
cluster "running gone"
run 1 "$root/scripts/wait-job.sh" shop mongodb-backup-first
says "does not exist"
cluster "running silent silent running Complete"
run 0 "$root/scripts/wait-job.sh" shop mongodb-backup-first
cluster silent
run 1 "$root/scripts/wait-job.sh" shop mongodb-backup-first
says "does not answer"
run 2 "$root/scripts/wait-job.sh" shop

# --- running
cluster "running Complete"
run 0 "$root/scripts/run-job.sh" shop mongodb-backup
holds "made of the CronJob" called "create job mongodb-backup-20[0-9]* --from=cronjob/mongodb-backup"
holds "as it is" test "$(jq -c '.spec.template.spec.containers[0].env' "$STAND_IN/created.json")" = '[{"name":"HOME","value":"/tmp"}]'
cluster Complete
run 0 "$root/scripts/run-job.sh" shop mongodb-backup ACCEPT_SHRINK=true MIN_SIZE_PERCENT=a=b
holds "with the variables" test "$(jq -c '.spec.template.spec.containers[0].env[1:]' "$STAND_IN/created.json")" = \
  '[{"name":"ACCEPT_SHRINK","value":"true"},{"name":"MIN_SIZE_PERCENT","value":"a=b"}]'
cluster Complete
FAIL=kubectl:logs run 0 "$root/scripts/run-job.sh" shop mongodb-backup
says "cannot be read"
cluster "running Failed"
run 1 "$root/scripts/run-job.sh" shop mongodb-backup
holds "all of its log" called "logs job/mongodb-backup-.* --all-containers"
for word in kubectl:cronjob kubectl:create; do
  cluster Complete
  FAIL="$word" run 1 "$root/scripts/run-job.sh" shop mongodb-backup
  never "nothing to wait for after $word" called "get job"
done
cluster Complete
run 2 "$root/scripts/run-job.sh" shop
run 2 "$root/scripts/run-job.sh" shop mongodb-backup accept
never "nothing was made" called "create"

finish
