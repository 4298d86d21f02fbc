#!/usr/bin/env bash
# scripts/deploy.sh and scripts/sync-secrets.sh on a cluster that remembers fields, their owners and replicas.
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# Whose objects stay: the database's.
engine=mongodb
for other in postgresql mysql; do
  if [[ -d "$repository/k8s/base/$other" ]]; then engine="$other"; fi
done

cluster_that_remembers

# release IMAGE [LINE]: what is rendered; LINE is a field more in the pod template.
release() {
  cat > "$MANIFESTS/prod" <<YAML
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: api
  namespace: $name
spec:
  refreshInterval: 15m
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: $name
spec:
  template:
    image: $1
${2:+    $2}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
  namespace: $name
spec:
  minReplicas: 2
YAML
}
live() { node -p "JSON.stringify(JSON.parse(require('fs').readFileSync('$CLUSTER')).objects['deployment/api'].$1)"; }

release one "paused: yes"
expect 0 "prod runs" "the first deployment" scripts/deploy.sh prod
expect 0 "2" "the autoscaler has its minimum" live live.spec.replicas

# As the runbooks of a restore do it.
kubectl delete horizontalpodautoscaler api
kubectl scale deployment/api --replicas=0
expect 0 "0 -> 2 replicas" "services come back after a restore" scripts/deploy.sh prod
expect 0 "2" "with their minimum" live live.spec.replicas

# A release that fails goes back, and what a later one removes is gone.
release two "paused: yes"
FAILING_SCRIPT=smoke expect 1 "going back" "a release that fails" scripts/deploy.sh prod
expect 0 '"image":"one"' "the version before is back" live live.spec.template
expect 0 "2" "with its pods" live live.spec.replicas
release three
expect 0 "prod runs" "the next release" scripts/deploy.sh prod
expect 0 '{"image":"three"}' "a field that it does not name is gone" live live.spec.template

# What left Git: deployed once, rendered no more.
object() { printf 'kind: %s\nmetadata:\n  name: %s\n  namespace: %s\nspec:\n  template: %s\n---\n' "$1" "$2" "$name" "$2"; }
exists() { node -p "'$1' in JSON.parse(require('fs').readFileSync('$CLUSTER')).objects"; }
there="HTTPRoute Deployment HorizontalPodAutoscaler Service ServiceAccount NetworkPolicy PodDisruptionBudget ExternalSecret"
{
  for kind in $there; do object "$kind" old; done
  object ConfigMap old-config-1
  object ConfigMap used-config-1
  object PerconaServerMongoDB mongodb
  object NetworkPolicy "$engine"
  object PersistentVolumeClaim data
  object Job old-migrate-1
} > "$sandbox/before"
kubectl apply --server-side --field-manager=deploy --filename "$sandbox/before"
{ printf 'kind: ReplicaSet\nmetadata:\n  name: api-1\ndata:\n  configMap: used-config-1\n---\n'; object ConfigMap by-hand; } > "$sandbox/others"
kubectl apply --server-side --field-manager=controllers --filename "$sandbox/others"

FAILING_SCRIPT=smoke expect 1 "Deployment $name old" "what left Git is listed" scripts/deploy.sh prod
expect 0 "true" "and stays when the new version fails" exists deployment/old
UNDELETABLE=old expect 1 "could not be deleted" "an object that cannot be deleted" scripts/deploy.sh prod
expect 0 "prod runs" "a deployment after a service was removed" scripts/deploy.sh prod
for kind in $there; do expect 0 "false" "$kind is gone" exists "${kind,,}/old"; done
expect 0 "false" "a ConfigMap that nothing uses is gone" exists configmap/old-config-1
for kept in configmap/used-config-1 configmap/by-hand perconaservermongodb/mongodb networkpolicy/$engine persistentvolumeclaim/data \
  job/old-migrate-1 deployment/api horizontalpodautoscaler/api externalsecret/api; do
  expect 0 "true" "$kept stays" exists "$kept"
done
expect 0 "PersistentVolumeClaim $name data" "what needs a decision is named" scripts/deploy.sh prod
expect 0 "docs/runbooks/services.md" "with the page that says how" scripts/deploy.sh prod
kubectl delete persistentvolumeclaim data
kubectl delete networkpolicy "$engine"
kubectl delete perconaservermongodb mongodb
expect 0 "nothing" "a deployment without leftovers is silent about them" bash -c 'scripts/deploy.sh prod | grep "no longer in Git" || echo nothing'

# Secrets: Ready stays true while the new value was not fetched.
REFUSED=api expect 1 "was not fetched" "a value that does not arrive" scripts/sync-secrets.sh api
expect 0 "api: fetched at" "a value that arrives" scripts/sync-secrets.sh api
kubectl apply --server-side --field-manager=deploy --filename /dev/stdin <<'YAML'
kind: ExternalSecret
metadata:
  name: removed
spec:
  refreshInterval: 15m
YAML
REFUSED=removed expect 0 "prod runs" "the secret of a removed service stops no deployment" scripts/deploy.sh prod
expect 2 "usage" "no secret is named" scripts/sync-secrets.sh

# No empty lists: the API leaves them out, so a comparison with the cluster would always differ.
expect 1 "" "no empty list of rules" grep -rnE '^ *(ingress|egress): \[\]' "$repository/k8s"
finish
