#!/usr/bin/env bash
# Hands the pod's temporary AWS credentials to the database tools, which cannot ask EKS Pod Identity
# themselves. They live in a memory volume and end with the pod; nothing is stored anywhere else.
set -euo pipefail

out="${CREDENTIALS:-/run/credentials}/aws.env"
# A dump that outlives its credentials fails when it opens its next connection.
needed="${DUMP_SECONDS:?DUMP_SECONDS is not set}"

umask 077
if ! answer="$(aws configure export-credentials --format env-no-export)"; then
  echo "credentials: no AWS credentials; is there a Pod Identity association for this service account?" >&2
  exit 1
fi
expires=""
: > "$out"
while IFS='=' read -r key value; do
  case "$key" in
    AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN) printf "%s='%s'\n" "$key" "$value" >> "$out" ;;
    AWS_CREDENTIAL_EXPIRATION) expires="$value" ;;
  esac
done <<< "$answer"

for key in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN; do
  if ! grep -q "^$key='..*'$" "$out"; then
    echo "credentials: $key is missing from the answer" >&2
    exit 1
  fi
done
if [ -n "$expires" ]; then
  left=$(( $(date -u -d "$expires" +%s) - $(date -u +%s) ))
  if [ "$left" -lt "$needed" ]; then
    echo "credentials: warning: they end in $left s, the dump may take up to $needed s" >&2
  fi
fi
echo "credentials: exported${expires:+, valid until $expires}"
