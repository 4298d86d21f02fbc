#!/usr/bin/env bash
# Deploys this working tree to an environment, in this order:
#   1. images are checked and their origin is verified, before anything changes
#   2. everything but the workloads is applied (configuration, secrets, policies), and the secrets have arrived
#   3. migrations run, one Job per service and release; a failed one stops here, with the old version still serving
#   4. workloads are applied, and must become ready
#   5. the smoke test sends requests from outside
#   6. what Git no longer names is deleted, if it belongs to services or jobs; the rest is named
# When 4 or 5 fails, every Deployment that this run changed is rolled back, and the script fails.
# Migrations are never undone by it: docs/runbooks/migration-rollback.md.
#
#   scripts/cluster-connect.sh staging     # then export KUBECONFIG as it prints
#   scripts/deploy.sh [--skip-migrations | --data-only] staging|prod
#
# --data-only ends after 2: the database is there and can be restored into, no workload starts and no image is needed.
# It waits for the secrets of the database only. CronJobs stay suspended until the next deployment.
set -euo pipefail
cd "$(dirname "$0")/.."

namespace="shop"
rollout_timeout="${ROLLOUT_TIMEOUT:-10m}"

skip_migrations=false
early=false
case "${1:-}" in
  --skip-migrations) skip_migrations=true && shift ;;
  --data-only) early=true && shift ;;
esac
env="${1:-}"
if [[ $# -ne 1 || ! "$env" =~ ^(staging|prod)$ ]]; then
  echo "usage: scripts/deploy.sh [--skip-migrations | --data-only] staging|prod" >&2
  exit 2
fi

say() { echo "==> $*"; }
k() { kubectl --namespace "$namespace" "$@"; }

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Prints the documents of a rendered overlay whose kind is (only) or is not (except) one of those named.
select_kinds() {
  awk -v mode="$1" -v kinds=" $2 " '
    function flush() {
      if (doc != "" && ((index(kinds, " " kind " ") > 0) == (mode == "only"))) printf "---\n%s", doc
      doc = ""; kind = ""
    }
    /^---$/ { flush(); next }
    /^kind: / { kind = $2 }
    { doc = doc $0 "\n" }
    END { flush() }
  '
}

# Prints the names of rendered objects.
names() {
  awk '/^metadata:/ { meta = 1; next } /^[^ ]/ { meta = 0 } meta && /^  name: / { print $2 }'
}

# Owning the fields (server-side) means that a field removed here is removed in the cluster.
apply() {
  kubectl apply --server-side --force-conflicts --field-manager=deploy --filename "$1"
}

revision() {
  k get deployment "$1" --ignore-not-found \
    --output 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}'
}

say "Checking which cluster this is"
context="$(kubectl config current-context || true)"
if [[ "$context" != "shop-$env" ]]; then
  echo "error: kubectl points to \`$context\`, not to shop-$env" >&2
  echo "hint: run scripts/cluster-connect.sh $env and export KUBECONFIG as it prints" >&2
  exit 1
fi

if [[ "$early" == false ]]; then
  say "Checking the images of $env"
  scripts/check-images.sh "$env"
  scripts/verify-images.sh "$env"
fi

kubectl kustomize "k8s/overlays/$env" > "$work/all.yaml"
# Routes wait for the workloads too: a new path must not lead to a service without pods.
workloads="Deployment HorizontalPodAutoscaler HTTPRoute"
select_kinds except "$workloads" < "$work/all.yaml" > "$work/first.yaml"
if [[ "$early" == true ]]; then
  # A dump of a database that is still empty would be the newest backup.
  sed 's/^  suspend: false$/  suspend: true/' "$work/first.yaml" > "$work/suspended.yaml"
  mv "$work/suspended.yaml" "$work/first.yaml"
fi
select_kinds only Deployment < "$work/all.yaml" | names > "$work/deployments"

scripts/leftovers.sh "$work/all.yaml" > "$work/leftovers"
if [[ -s "$work/leftovers" ]]; then
  say "What the cluster has and Git no longer names"
  sed -e 's/^delete /  is deleted once the new version runs: /' -e 's/^keep /  stays, see docs\/runbooks\/services.md: /' "$work/leftovers"
fi

while IFS= read -r deployment; do
  # On its own line: a question that fails must end the run here, or the Deployment would pass for a new one.
  before="$(revision "$deployment" < /dev/null)"
  echo "$deployment $before" >> "$work/before"
  if [[ -n "$before" ]]; then
    # Without what the server fills in, and without the replica count, which belongs to the autoscaler.
    k get deployment "$deployment" --output json < /dev/null \
      | jq 'del(.status, .spec.replicas, .metadata.managedFields, .metadata.resourceVersion, .metadata.uid,
          .metadata.generation, .metadata.creationTimestamp, .metadata.annotations["deployment.kubernetes.io/revision"])' \
        > "$work/before.$deployment.json"
  fi
done < "$work/deployments"
touch "$work/before"

if [[ -s "$work/first.yaml" ]]; then
  say "Applying configuration, secrets and policies"
  apply "$work/first.yaml"
  # Only those of this version: what is left of a removed service must not stop a deployment.
  select_kinds only ExternalSecret < "$work/first.yaml" | names \
    | awk -v early="$early" 'early == "false" || /^postgresql/' > "$work/secrets"
  if [[ -s "$work/secrets" ]]; then
    say "Fetching the secrets"
    xargs scripts/sync-secrets.sh < "$work/secrets"
  fi
fi

if [[ "$early" == true ]]; then
  say "The database of $env is ready for its data"
  exit 0
fi

# A Job's template cannot change, and each release runs it again: so each gets a name of its own.
migrate() {
  local service="$1" job started result
  job="$service-migrate-$(date -u +%y%m%d%H%M%S)"
  kubectl kustomize "k8s/overlays/$env/migrations/$service" \
    | sed "s/^  name: $service-migrate\$/  name: $job/" > "$work/migration.yaml"
  if ! grep -q "^  name: $job\$" "$work/migration.yaml"; then
    echo "error: k8s/overlays/$env/migrations/$service renders no Job named $service-migrate" >&2
    return 1
  fi
  say "Migrating $service ($job)"
  apply "$work/migration.yaml"
  started="$(date +%s)"
  result=""
  # activeDeadlineSeconds of the Job ends this loop; the bound is only for a cluster that stops answering.
  while [[ -z "$result" && $(($(date +%s) - started)) -lt 3600 ]]; do
    sleep "${POLL_SECONDS:-5}"
    result="$(k get job "$job" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}')"
    case "$result" in
      *Failed*) result=failed ;;
      *Complete*) result=succeeded ;;
      *) result="" ;;
    esac
  done
  k logs "job/$job" --all-containers --prefix || true
  echo "| $service | \`$job\` | $env | ${result:-no answer} | $(($(date +%s) - started)) s |" >> "${MIGRATIONS_RECORD:-/dev/null}"
  if [[ "$result" != succeeded ]]; then
    echo "error: the migration of $service ${result:-did not finish}; the previous version keeps serving" >&2
    echo "hint: docs/runbooks/migration-rollback.md says how to decide between mending and undoing" >&2
    return 1
  fi
}

if [[ "$skip_migrations" == true ]]; then
  say "Leaving migrations out"
else
  for folder in k8s/overlays/"$env"/migrations/*/; do
    if [[ -f "$folder/kustomization.yaml" ]]; then
      migrate "$(basename "$folder")"
    fi
  done
fi

undo() {
  echo "error: $1; going back" >&2
  local deployment before after
  while read -r deployment before; do
    after="$(revision "$deployment" < /dev/null)" || after=unknown
    if [[ -z "$before" ]]; then
      echo "  $deployment is new: there is no revision to go back to" >&2
    elif [[ "$before" != "$after" ]]; then
      echo "  $deployment: revision $after -> $before" >&2
      # Not `rollout undo`: it would own the fields, and what a later version removes would stay.
      apply "$work/before.$deployment.json" < /dev/null >&2 || true
      k rollout status "deployment/$deployment" --timeout="$rollout_timeout" < /dev/null >&2 || true
    fi
  done < "$work/before"
  echo "hint: configuration stays as applied; the workflow Rollback restores a whole known good commit" >&2
  exit 1
}

say "Applying everything"
apply "$work/all.yaml" || undo "kubectl apply failed"

# An autoscaler leaves a Deployment with zero pods alone, and its manifest names no count: what was stopped starts here.
raise() {
  local minimum replicas
  minimum="$(k get horizontalpodautoscaler "$1" --ignore-not-found --output 'jsonpath={.spec.minReplicas}' < /dev/null)" || return 1
  replicas="$(k get deployment "$1" --output 'jsonpath={.spec.replicas}' < /dev/null)" || return 1
  if [[ "${replicas:-0}" -lt "${minimum:-1}" ]]; then
    echo "  $1: $replicas -> $minimum replicas"
    k scale "deployment/$1" --replicas="${minimum:-1}" < /dev/null
  fi
}

while IFS= read -r deployment; do
  raise "$deployment" || undo "the replicas of $deployment could not be set"
done < "$work/deployments"

while IFS= read -r deployment; do
  say "Waiting for $deployment"
  if ! k rollout status "deployment/$deployment" --timeout="$rollout_timeout" < /dev/null; then
    k get pods --output wide < /dev/null >&2 || true
    k get events --sort-by=.lastTimestamp < /dev/null 2> /dev/null | tail -n 20 >&2 || true
    undo "$deployment did not become ready in $rollout_timeout"
  fi
  # A rollout of zero pods counts as done.
  available="$(k get deployment "$deployment" --output 'jsonpath={.status.availableReplicas}' < /dev/null)" || available=0
  [[ "${available:-0}" -gt 0 ]] || undo "$deployment runs no pod"
done < "$work/deployments"

say "Asking from outside"
scripts/smoke.sh "$env" || undo "the smoke test failed"

refused=()
while read -r verdict kind space object; do
  if [[ "$verdict" == delete ]]; then
    kubectl delete "$kind" "$object" --namespace "$space" --ignore-not-found --wait=false < /dev/null || refused+=("$kind/$object")
  fi
done < "$work/leftovers"
if [[ ${#refused[@]} -gt 0 ]]; then
  echo "error: $env runs the new version, but what Git no longer names could not be deleted: ${refused[*]}" >&2
  echo "hint: the lines above say why; repeat the deployment, or see docs/runbooks/services.md" >&2
  exit 1
fi

say "$env runs what this working tree says"
