#!/usr/bin/env bash
# Opens psql in the database of ENV as the role `readonly`, in a pod of the cluster that ends with it: no laptop reaches the database.
#
#   scripts/psql.sh ENV [--database NAME] [--host HOST]
#   scripts/psql.sh ENV --uri-file FILE
#
# ENV is staging or prod. NAME is the database, such as one that a restore has made; HOST that of another instance. FILE
# holds an address with another user, as `scripts/restore.sh target ENV FILE` writes it.
# It needs kubectl on the cluster of ENV (scripts/cluster-connect.sh ENV) and jq.
set -euo pipefail

name=shop
namespace=shop

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "psql: $1" >&2
  exit 1
}

[[ $# -ge 1 && "$1" =~ ^(staging|prod)$ ]] || usage
environment="$1" database=shop host="" uri_file="" explicit=false
shift
while [ $# -gt 0 ]; do
  case "$1" in
    --database) [ $# -ge 2 ] || usage; database="$2" explicit=true; shift 2 ;;
    --host) [ $# -ge 2 ] || usage; host="$2" explicit=true; shift 2 ;;
    --uri-file) [ $# -ge 2 ] || usage; uri_file="$2"; shift 2 ;;
    *) usage ;;
  esac
done
[[ "$database" =~ ^[A-Za-z0-9_-]+$ ]] || fail "'$database' is not the name of a database"
[[ "$host" =~ ^([a-z0-9.-]*)$ ]] || fail "'$host' is not a host"
context="$(kubectl config current-context || true)"
[[ "$context" == "$name-$environment" ]] || fail "kubectl is connected to '$context', not to $name-$environment; run: scripts/cluster-connect.sh $environment"

pod="psql-$(date -u +%H%M%S)"
secret=postgresql-readonly
# shellcheck disable=SC2016 # expanded in the pod
command='export PGPASSWORD="$password" PGSSLMODE=verify-full PGSSLROOTCERT=/etc/postgresql/ca.pem PGUSER=readonly
exec psql --host="${OTHER_HOST:-$host}" --port=5432 --dbname="$DATABASE"'
if [ -n "$uri_file" ]; then
  [ -s "$uri_file" ] || fail "$uri_file is missing or empty"
  [[ "$explicit" == false ]] || fail "--uri-file says host and database: leave --host and --database out"
  secret="$pod"
  # shellcheck disable=SC2064 # the name of now
  trap "kubectl -n '$namespace' delete secret '$secret' --ignore-not-found > /dev/null" EXIT
  # without the end of the line, which would become a part of the last option
  printf '%s' "$(cat "$uri_file")" | kubectl -n "$namespace" create secret generic "$secret" --from-file=ADDRESS=/dev/stdin > /dev/null || fail "the Secret could not be made"
  # shellcheck disable=SC2016 # expanded in the pod, where nothing else runs
  command='exec psql "$ADDRESS"'
fi
overrides="$(jq --null-input --arg command "$command" --arg database "$database" --arg host "$host" --arg secret "$secret" '{
  apiVersion: "v1",
  metadata: {labels: {"egress-postgresql": "true"}},
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    activeDeadlineSeconds: 7200,
    securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, seccompProfile: {type: "RuntimeDefault"}},
    containers: [{
      name: "psql",
      image: "444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop-ecr/docker/library/postgres:18.6@sha256:86c951e05bf56c93d95d397747fb8820ac76cc3bedb78f43abd83eedbe3666ae",
      command: ["/bin/bash", "-c", $command],
      stdin: true,
      tty: true,
      env: [{name: "HOME", value: "/tmp"}, {name: "PSQL_HISTORY", value: "/dev/null"}, {name: "DATABASE", value: $database}, {name: "OTHER_HOST", value: $host}],
      envFrom: [{secretRef: {name: $secret}}],
      resources: {requests: {cpu: "100m", memory: "256Mi"}, limits: {cpu: "500m", memory: "256Mi"}},
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ["ALL"]}},
      volumeMounts: [{name: "ca", mountPath: "/etc/postgresql", readOnly: true}, {name: "tmp", mountPath: "/tmp"}]
    }],
    volumes: [{name: "ca", configMap: {name: "postgresql-ca"}}, {name: "tmp", emptyDir: {sizeLimit: "64Mi"}}]
  }
}')"
kubectl -n "$namespace" run "$pod" --rm --stdin --tty --restart=Never --image="444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop-ecr/docker/library/postgres:18.6@sha256:86c951e05bf56c93d95d397747fb8820ac76cc3bedb78f43abd83eedbe3666ae" --overrides="$overrides"
