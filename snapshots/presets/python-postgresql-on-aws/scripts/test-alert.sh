#!/usr/bin/env bash
# Raises a harmless alert in the Alertmanager of an environment, to prove that alerts reach platform@example.com.
#
#   scripts/cluster-connect.sh staging     # then export KUBECONFIG as it prints
#   scripts/test-alert.sh staging
set -euo pipefail

case ${1:-} in
staging) ;;
prod) ;;
*)
  echo "usage: scripts/test-alert.sh staging|prod" >&2
  exit 2
  ;;
esac

current="$(kubectl config view --minify --output 'jsonpath={.clusters[0].name} {.contexts[0].name}')"
if [[ "$current" != *"shop-$1"* ]]; then
  echo "error: kubectl points to \`$current\`, not to shop-$1" >&2
  exit 1
fi

# It resolves after five minutes, which sends a second mail.
ends=$(date -u -d '+5 minutes' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v+5M +%Y-%m-%dT%H:%M:%SZ)
kubectl --namespace monitoring exec statefulset/alertmanager-kube-prometheus-stack-alertmanager \
  --container alertmanager -- amtool --alertmanager.url=http://127.0.0.1:9093 alert add TestAlert \
  severity=critical namespace=shop --end="$ends" \
  --annotation=summary="Test of the alert path of $1, nothing is wrong" \
  --annotation=runbook_url=https://github.com/acme/shop/blob/main/docs/runbooks/README.md
echo "raised TestAlert in $1; a mail must reach platform@example.com within two minutes"
