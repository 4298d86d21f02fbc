#!/usr/bin/env bash
# Fetches secrets from Secrets Manager into the namespace now instead of within 15 minutes, and waits until they arrived.
#
#   scripts/sync-secrets.sh EXTERNALSECRET...
#
# `Ready` alone proves nothing: it may come from the previous sync. A newer refreshTime is the proof.
set -euo pipefail

if [[ $# -eq 0 ]]; then
  echo "usage: scripts/sync-secrets.sh EXTERNALSECRET..." >&2
  exit 2
fi
k() { kubectl --namespace shop "$@"; }

before=()
for name in "$@"; do
  old="$(k get externalsecret "$name" --output 'jsonpath={.status.refreshTime}')"
  before+=("$old")
done
# refreshTime counts in seconds.
sleep "${POLL_SECONDS:-1}"
for name in "$@"; do
  k annotate externalsecret "$name" force-sync="$(date +%s)" --overwrite
done

started="$(date +%s)"
index=0
for name in "$@"; do
  until status="$(k get externalsecret "$name" \
    --output 'jsonpath={.status.refreshTime} {.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].message}')" \
    && read -r refreshed ready message <<< "$status" \
    && [[ "$ready" == True && "$refreshed" != "${before[$index]}" ]]; do
    if [[ $(($(date +%s) - started)) -ge "${SYNC_SECONDS:-300}" ]]; then
      echo "error: the ExternalSecret $name was not fetched in ${SYNC_SECONDS:-300} seconds: ${message:-no answer}" >&2
      echo "hint: kubectl --namespace shop describe externalsecret $name" >&2
      exit 1
    fi
    sleep "${POLL_SECONDS:-2}"
  done
  echo "$name: fetched at $refreshed"
  index=$((index + 1))
done
