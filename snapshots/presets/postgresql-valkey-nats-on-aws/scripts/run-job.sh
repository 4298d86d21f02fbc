#!/usr/bin/env bash
# Runs a CronJob once, now, and waits for its end: exit status 0 when the Job is complete, 1 when it failed. The end of its
# log is printed.
#
#   scripts/run-job.sh NAMESPACE CRONJOB [NAME=VALUE...]
#
# NAME=VALUE is a variable for the last step of this one Job. Needs kubectl on the cluster
# (scripts/cluster-connect.sh ENV) and jq.
set -euo pipefail

usage() {
  echo "usage: scripts/run-job.sh NAMESPACE CRONJOB [NAME=VALUE...]" >&2
  exit 2
}

[ $# -ge 2 ] || usage
namespace="$1" cronjob="$2"
shift 2
for variable in "$@"; do
  [[ "$variable" =~ ^[A-Z_]+=. ]] || usage
done

# A name of its own: the Jobs of earlier runs stay for a while.
job="$cronjob-$(date -u +%Y%m%d%H%M%S)"
kubectl -n "$namespace" create job "$job" --from="cronjob/$cronjob" --dry-run=client -o json |
  jq '.spec.template.spec.containers[0].env += ($ARGS.positional | map(capture("^(?<name>[^=]+)=(?<value>.*)$")))' --args "$@" |
  kubectl -n "$namespace" create -f -

if "$(dirname "$0")/wait-job.sh" "$namespace" "$job"; then
  kubectl -n "$namespace" logs "job/$job" --tail=5 || echo "run-job: the log of $job cannot be read" >&2
else
  kubectl -n "$namespace" logs "job/$job" --all-containers --prefix --ignore-errors --tail=20 >&2 || true
  exit 1
fi
