#!/usr/bin/env bash
# Prints what deployments have made in the cluster and the given manifests name no more, a line each:
#
#   scripts/leftovers.sh RENDERED.yaml      # delete|keep KIND NAMESPACE NAME
#
# What the field manager `deploy` has applied is ours: that also holds for objects older than this script, which no label
# does. It is the reason against `kubectl apply --prune`, too: it knows only what it labelled itself, and takes every kind.
set -euo pipefail

rendered="${1:?names no file with rendered manifests}"
# What belongs to services and jobs, in the order in which it goes. The next version that names it makes it again.
deletable=(HTTPRoute HorizontalPodAutoscaler Deployment CronJob Service PodDisruptionBudget NetworkPolicy ServiceAccount
  ExternalSecret PodMonitor PrometheusRule ConfigMap)
# All other kinds hold data or serve more than one service: a person decides. Jobs go by themselves.
others=(StatefulSet PersistentVolumeClaim)
while IFS= read -r kind; do others+=("$kind"); done < <(sed -n 's/^kind: //p' "$rendered" | sort -u | grep -vxE "Namespace|Job|$(IFS='|' && echo "${deletable[*]}")")

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

kubectl get --filename "$rendered" --ignore-not-found --output json > "$work/named.json"
jq -r '(.items // [.])[] | .metadata.namespace // empty' "$work/named.json" | sort -u > "$work/namespaces"
jq -r '(.items // [.])[] | .metadata.uid' "$work/named.json" | jq -Rn '[inputs]' > "$work/uids.json"

kinds="$(IFS=, && echo "${deletable[*]},${others[*]}")"
while IFS= read -r namespace; do
  kubectl get "$kinds" --namespace "$namespace" --output json --show-managed-fields < /dev/null
  # What runs, may start again or may be gone back to still mounts its ConfigMaps.
  kubectl get replicasets,cronjobs,jobs,pods --namespace "$namespace" --output json < /dev/null > "$work/users.$namespace"
done < "$work/namespaces" > "$work/live.json"

jq -r --slurpfile uids "$work/uids.json" --arg deletable "${deletable[*]}" '
  ($deletable | split(" ")) as $order
  | .items[]
  | select(.metadata.ownerReferences == null and any(.metadata.managedFields[]?; .manager == "deploy" and .operation == "Apply"))
  | select(.metadata.uid | IN($uids[0][]) | not)
  | .kind as $kind
  | [($order | index($kind) // 99), $kind, .metadata.namespace, .metadata.name] | map(tostring) | join(" ")
' "$work/live.json" | sort -n | while read -r place kind namespace object; do
  if [[ "$kind" == ConfigMap ]]; then
    grep -qF "\"$object\"" "$work/users.$namespace" || echo "delete $kind $namespace $object"
  elif [[ "$place" == 99 || "$object" == postgresql || "$object" == postgresql-* ]]; then
    echo "keep $kind $namespace $object"
  else
    echo "delete $kind $namespace $object"
  fi
done
