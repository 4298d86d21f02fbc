#!/usr/bin/env bash
# Makes the roles of the database of ENV and sets their passwords, by a job in the cluster. Run it after Terraform has made the
# database, and after each change of the passwords; it can run as often as you like. The roles: k8s/roles/scripts/roles.sql.
#
#   scripts/postgresql-roles.sh ENV
#
# ENV is staging or prod. For people: it reads the passwords of all roles. It needs aws (signed in to the account of ENV),
# jq, and kubectl on the cluster of ENV (scripts/cluster-connect.sh ENV).
set -euo pipefail
cd "$(dirname "$0")/.."

name=shop
namespace=shop

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "postgresql-roles: $1" >&2
  exit 1
}

environment="${1:-}"
if [[ $# -ne 1 || ! "$environment" =~ ^(staging|prod)$ ]]; then usage; fi
context="$(kubectl config current-context || true)"
[[ "$context" == "$name-$environment" ]] || fail "kubectl is connected to '$context', not to $name-$environment; run: scripts/cluster-connect.sh $environment"

work="$(mktemp -d)"
# shellcheck disable=SC2064 # the folder of now
trap "rm -rf '$work'; kubectl -n '$namespace' delete secret/postgresql-roles --ignore-not-found > /dev/null" EXIT
chmod 700 "$work"
umask 077
scripts/restore.sh target "$environment" "$work/uri" > /dev/null || fail "the address of the database is unknown"
passwords="$(aws secretsmanager get-secret-value --region eu-central-1 --query SecretString --output text \
  --secret-id "$name/$environment/postgresql")" || fail "the passwords cannot be read; run scripts/bootstrap.sh $environment"
files=(--from-file="$work/uri")
for role in owner app readonly backup monitoring; do
  files+=(--from-file="$work/$role")
  jq --exit-status --raw-output --arg role "$role" '.[$role] // empty' <<< "$passwords" > "$work/$role" || fail "the secret has no password of $role"
done

kubectl -n "$namespace" delete job/postgresql-roles secret/postgresql-roles --ignore-not-found > /dev/null || fail "what an earlier run left could not be removed"
kubectl -n "$namespace" create secret generic postgresql-roles "${files[@]}" > /dev/null || fail "the Secret could not be made"
kubectl apply --server-side --force-conflicts --field-manager=roles -k k8s/roles > /dev/null || fail "the job could not be made"
if ! scripts/wait-job.sh "$namespace" postgresql-roles; then
  kubectl -n "$namespace" logs job/postgresql-roles --tail=20 >&2 || true
  fail "the job failed; nothing that exists was deleted, and it can be repeated"
fi
echo "the roles of $environment are made"
