#!/usr/bin/env bash
# scripts/deploy.sh with jobs of services: they are applied last, once the version that they belong to serves.
# Only with docs/runbooks/JobFailed.md
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

cluster_that_remembers

# release IMAGE: a service, a job of the same image, and the backup.
release() {
  cat > "$MANIFESTS/prod" <<YAML
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: $name
spec:
  template:
    image: $1
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
  namespace: $name
spec:
  minReplicas: 1
---
apiVersion: batch/v1
kind: CronJob
metadata:
  labels:
    app.kubernetes.io/component: job
    app.kubernetes.io/name: report
  name: report
  namespace: $name
spec:
  suspend: false
  image: $1
---
apiVersion: batch/v1
kind: CronJob
metadata:
  labels:
    app.kubernetes.io/name: mongodb-backup
  name: mongodb-backup
  namespace: $name
spec:
  suspend: false
YAML
}
live() { node -p "JSON.stringify(JSON.parse(require('fs').readFileSync('$CLUSTER')).objects['$1']?.live.spec.$2)"; }

release one
# where there is a database that is made
if grep -q -- --data-only scripts/deploy.sh; then
  expect 0 "Database" "the data alone" bash -c 'scripts/deploy.sh --data-only prod && echo Database'
  expect 0 "undefined" "comes without jobs" live cronjob/report image
  expect 0 "true" "and with a backup that is suspended" live cronjob/mongodb-backup suspend
fi
expect 0 "Applying the jobs" "the first deployment" scripts/deploy.sh prod
expect 0 "one" "has the job" live cronjob/report image
expect 0 "false" "and the backup" live cronjob/mongodb-backup suspend

release two
FAILING_SCRIPT=smoke expect 1 "going back" "a release that fails" scripts/deploy.sh prod
expect 0 "one" "leaves the job as it was" live cronjob/report image
expect 0 "prod runs" "the next release" scripts/deploy.sh prod
expect 0 "two" "brings the job along" live cronjob/report image

# The service is gone from the answers.
awk 'BEGIN { RS = "---\n"; ORS = "---\n" } !/name: report/' "$MANIFESTS/prod" > "$MANIFESTS/without" && mv "$MANIFESTS/without" "$MANIFESTS/prod"
expect 0 "CronJob $name report" "a job that left Git is named" scripts/deploy.sh prod
expect 0 "undefined" "and deleted" live cronjob/report image
expect 0 "false" "the backup stays" live cronjob/mongodb-backup suspend
finish
