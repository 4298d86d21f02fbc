#!/usr/bin/env bash
# Waits for the end of a Job: exit status 0 when it is complete, 1 when it failed or is gone. `kubectl wait` knows one
# condition at a time and stays with a Job that ended with the other.
#
#   scripts/wait-job.sh NAMESPACE JOB
#
# How long a Job may take is its own matter (activeDeadlineSeconds).
set -euo pipefail

fail() {
  echo "wait-job: $1" >&2
  exit 1
}

[ $# = 2 ] || { echo "usage: scripts/wait-job.sh NAMESPACE JOB" >&2; exit 2; }
namespace="$1" job="$2" unanswered=0
while :; do
  # Its name, then a line for each condition that holds. Nothing at all: there is no such Job.
  if state="$(kubectl -n "$namespace" get job "$job" --ignore-not-found -o \
    'jsonpath={.metadata.name}{"\n"}{range .status.conditions[?(@.status=="True")]}{.type}: {.reason} {.message}{"\n"}{end}')"; then
    unanswered=0
    [ -n "$state" ] || fail "job $job does not exist in $namespace; was it deleted?"
    case $'\n'"$state" in
      *$'\nComplete:'*) break ;;
      *$'\nFailed:'*) fail "job $job failed: $(sed -n 's/^Failed: //p' <<< "$state")" ;;
    esac
  else
    # A tunnel that breaks for a moment ends nothing.
    unanswered=$((unanswered + 1))
    [ "$unanswered" -lt 30 ] || fail "the cluster does not answer; job $job may still run"
  fi
  sleep "${POLL_SECONDS:-10}"
done
echo "wait-job: job $job is complete"
