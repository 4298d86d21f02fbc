#!/usr/bin/env bash
# scripts/deploy.sh with a service that gets a volume: from then on it has one pod, whatever its autoscaler wants.
# Only with docs/runbooks/restore-volume.md
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

cluster_that_remembers

# release IMAGE scaled|single: a service before and after it keeps files.
release() {
  cat > "$MANIFESTS/prod" <<YAML
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: $name
spec:
$([[ "$2" == scaled ]] || echo '  replicas: 1')
  template:
    image: $1
YAML
  if [[ "$2" == scaled ]]; then
    cat >> "$MANIFESTS/prod" <<YAML
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
  namespace: $name
spec:
  minReplicas: 2
YAML
  else
    cat >> "$MANIFESTS/prod" <<YAML
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: api
  namespace: $name
spec:
  storageClassName: files
YAML
  fi
}
live() { node -p "JSON.stringify(JSON.parse(require('fs').readFileSync('$CLUSTER')).objects['$1']?.live.spec.$2)"; }

release one scaled
expect 0 "prod runs" "a service without a volume" scripts/deploy.sh prod
expect 0 "2" "has the pods that its autoscaler wants" live deployment/api replicas

release two single
FAILING_SCRIPT=smoke expect 1 "going back" "the same service with a volume fails" scripts/deploy.sh prod
expect 0 "2" "the earlier version has its autoscaler again" live horizontalpodautoscaler/api minReplicas

expect 0 "prod runs" "the same service with a volume" scripts/deploy.sh prod
expect 0 "undefined" "has no autoscaler" live horizontalpodautoscaler/api minReplicas
expect 0 "1" "and one pod" live deployment/api replicas
expect 0 "files" "and a claim" live persistentvolumeclaim/api storageClassName

kubectl scale deployment/api --replicas=0 > /dev/null
expect 0 "prod runs" "what was stopped for a restore" scripts/deploy.sh prod
expect 0 "1" "runs again" live deployment/api replicas

release three scaled
expect 0 "stays" "a claim that left Git is named" scripts/deploy.sh prod
expect 0 "files" "and stays with its files" live persistentvolumeclaim/api storageClassName
expect 0 "2" "the service is scaled again" live deployment/api replicas
finish
