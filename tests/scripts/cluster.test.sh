#!/usr/bin/env bash
# scripts/deploy.sh and scripts/sync-secrets.sh on a cluster that remembers fields, their owners and replicas.
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
stand_ins="$(cd "$(dirname "${BASH_SOURCE[0]}")/stand-ins" && pwd)"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

ln -s "$stand_ins/cluster" "$sandbox/bin/kubectl"
export CLUSTER="$sandbox/cluster" MANIFESTS="$sandbox" CONTEXT="$name-prod" POLL_SECONDS=0 SYNC_SECONDS=0
for script in check-images verify-images smoke; do
  printf '#!/usr/bin/env bash\n[[ "${FAILING_SCRIPT-}" != %s ]]\n' "$script" > "scripts/$script.sh"
done

# release IMAGE [LINE]: what is rendered; LINE is a field more in the pod template.
release() {
  cat > "$MANIFESTS/prod" <<YAML
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: api
spec:
  refreshInterval: 15m
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    image: $1
${2:+    $2}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
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
