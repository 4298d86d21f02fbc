#!/usr/bin/env bash
# Installs or upgrades what the cluster of an environment needs before the application: namespaces, storage class,
# network policy enforcement and the pinned charts with their values from k8s/platform. Safe to run again.
#
#   scripts/cluster-connect.sh staging     # then export KUBECONFIG as it prints
#   scripts/platform.sh staging
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  echo "usage: scripts/platform.sh staging|prod" >&2
  exit 2
}

[ $# -eq 1 ] || usage
environment=$1
case $environment in
staging) ;;
prod) ;;
*) usage ;;
esac

for tool in helm kubectl; do
  command -v "$tool" >/dev/null || {
    echo "platform.sh: $tool is not installed" >&2
    exit 1
  }
done

# The wrong cluster would get the settings of another.
current="$(kubectl config view --minify --output 'jsonpath={.clusters[0].name} {.contexts[0].name}')"
if [[ "$current" != *"shop-$environment"* ]]; then
  echo "error: kubectl points to \`$current\`, not to shop-$environment" >&2
  echo "hint: run scripts/cluster-connect.sh $environment and export KUBECONFIG as it prints" >&2
  exit 1
fi

say() {
  printf '\n== %s\n' "$*"
}

# The version of a chart, from the file that Dependabot keeps.
version() {
  awk -v chart="$1" '$1 == "-" { found = $3 == chart } found && $1 == "version:" { print $2; exit }' k8s/platform/Chart.yaml
}

# $1 release, $2 namespace, $3 chart, $4 repository, $5 version. The values for all environments come first, then those
# of this one.
describe() {
  if [ -z "$5" ]; then
    echo "platform.sh: k8s/platform/Chart.yaml names no version of the chart $3" >&2
    exit 1
  fi
  case $4 in
  oci://*) chart=("$4/$3" --version "$5") ;;
  *) chart=("$3" --repo "$4" --version "$5") ;;
  esac
  values=(--values "k8s/platform/$1/values.yaml")
  if [ -f "k8s/platform/$1/$environment/values.yaml" ]; then
    values+=(--values "k8s/platform/$1/$environment/values.yaml")
  fi
}

# Resource types go through the server, which takes any size; Helm installs those in a chart once and never upgrades them.
apply_types() {
  kubectl apply --server-side --force-conflicts --filename -
}

# Server-side as scripts/deploy.sh, which has objects in common with it, such as the namespace.
apply_folder() {
  kubectl apply --server-side --force-conflicts --field-manager=platform -k "$1"
}

install_chart() {
  say "$1 $5"
  describe "$@"
  # A release that does not become ready is rolled back.
  helm upgrade --install "$1" "${chart[@]}" "${values[@]}" --namespace "$2" --atomic --timeout 10m
}

install_chart_and_types() {
  say "resource types of $1 $5"
  describe "$@"
  helm show crds "${chart[@]}" | apply_types
  install_chart "$@"
}

install_types() {
  say "$1 $5"
  describe "$@"
  helm template "$1" "${chart[@]}" "${values[@]}" --namespace "$2" | apply_types
}

say "cluster-wide settings"
apply_folder k8s/platform/cluster

install_types gateway-crds envoy-gateway-system gateway-crds-helm oci://docker.io/envoyproxy "$(version gateway-crds-helm)"
install_chart_and_types kube-prometheus-stack monitoring kube-prometheus-stack https://prometheus-community.github.io/helm-charts "$(version kube-prometheus-stack)"
install_chart cert-manager cert-manager cert-manager oci://quay.io/jetstack/charts "$(version cert-manager)"
install_chart external-secrets external-secrets external-secrets https://charts.external-secrets.io "$(version external-secrets)"
install_chart envoy-gateway envoy-gateway-system gateway-helm oci://docker.io/envoyproxy "$(version gateway-helm)"
install_chart external-dns external-dns external-dns https://kubernetes-sigs.github.io/external-dns/ "$(version external-dns)"
install_chart metrics-server kube-system metrics-server https://kubernetes-sigs.github.io/metrics-server/ "$(version metrics-server)"

# These need the resource types that the charts brought.
for directory in k8s/platform/gateway k8s/platform/postgresql; do
  if [ -d "$directory" ]; then
    say "$directory"
    apply_folder "$directory"
  fi
done

say "done"
kubectl get pods --all-namespaces --field-selector=status.phase!=Running,status.phase!=Succeeded
