#!/usr/bin/env bash
# What a cluster of others must have, and must not have already. kubectl is a stand-in that prints what a file says, so that its
# own arguments are not checked here.
# Only with scripts/check-cluster.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# Each line is a pattern of arguments, and what kubectl prints for them; all else is not there.
export OBJECTS="$sandbox/objects"
stand_in kubectl <<'TEXT'
[[ "$1" == get && "$*" == *--ignore-not-found* ]] || { echo "unexpected: $*" >&2; exit 1; }
while IFS='|' read -r pattern output; do
  # shellcheck disable=SC2053 # a pattern
  if [[ "$*" == $pattern ]]; then
    printf '%b\n' "$output"
    exit 0
  fi
done < "$OBJECTS"
[[ -z "${NO_CLUSTER-}" ]] || { echo "connection refused" >&2; exit 1; }
TEXT

fit() {
  cat > "$OBJECTS" <<'TEXT'
get apiservice v1beta1.metrics.k8s.io *|True
get customresourcedefinition nodepools.karpenter.sh *|customresourcedefinition.apiextensions.k8s.io/nodepools.karpenter.sh
get nodepools.karpenter.sh *|nodepool.karpenter.sh/general-purpose
get configmap --namespace=kube-system amazon-vpc-cni *|true
get csidriver ebs.csi.aws.com *|csidriver.storage.k8s.io/ebs.csi.aws.com
get daemonset --namespace=kube-system eks-pod-identity-agent *|daemonset.apps/eks-pod-identity-agent
get pods --namespace=kube-system --selector=k8s-app=kube-dns *|pod/coredns-1
get deployment --all-namespaces --selector=app.kubernetes.io/name=aws-load-balancer-controller *|deployment.apps/aws-load-balancer-controller
get daemonset --namespace=kube-system aws-node *|["--enable-network-policy=true","--enable-ipv6=false"]
get nodes --output jsonpath=*|eu-central-1a\neu-central-1b\neu-central-1c\neu-central-1a
get customresourcedefinitions *|customresourcedefinition.apiextensions.k8s.io/securitygrouppolicies.vpcresources.k8s.aws
TEXT
}
# without PATTERN: the same cluster, without what kubectl would find so.
without() {
  fit
  grep -vF -- "get $1" "$OBJECTS" > "$sandbox/rest"
  mv "$sandbox/rest" "$OBJECTS"
}
# with PATTERN OUTPUT: the same cluster, with this in place of what it has.
with() {
  fit
  { echo "get $1|$2"; cat "$OBJECTS"; } > "$sandbox/rest"
  mv "$sandbox/rest" "$OBJECTS"
}

fit
expect 0 "the cluster has what this system needs" "a cluster that fits" scripts/check-cluster.sh
expect 2 "usage: " "an argument" scripts/check-cluster.sh prod
NO_CLUSTER=yes expect 1 "check-cluster: kubectl get" "a cluster that does not answer" scripts/check-cluster.sh

without "apiservice"
expect 1 "--addon-name metrics-server" "no metrics" scripts/check-cluster.sh

with "apiservice *" "False"
expect 1 "The cluster has no metrics" "metrics that are not available" scripts/check-cluster.sh

if grep -q nodepools.karpenter.sh scripts/check-cluster.sh; then
  without "customresourcedefinition nodepools"
  expect 1 "no node pool of EKS Auto Mode" "a cluster without Auto Mode" scripts/check-cluster.sh
  without "configmap"
  expect 1 "Network policies have no effect" "network policies without effect" scripts/check-cluster.sh
else
  without "csidriver"
  expect 1 "The driver of volumes is not installed" "no driver of volumes" scripts/check-cluster.sh
  without "daemonset --namespace=kube-system eks-pod-identity-agent"
  expect 1 "--addon-name eks-pod-identity-agent" "no agent of pod identities" scripts/check-cluster.sh
  with "daemonset --namespace=kube-system aws-node *" '["--enable-network-policy=false"]'
  expect 1 "does not enforce network policies" "network policies without effect" scripts/check-cluster.sh
  with "nodes --output jsonpath=*" 'eu-central-1a\neu-central-1b'
  expect 0 "note: The nodes are in 2 of three zones" "a zone that is down does not stop a repair" scripts/check-cluster.sh
  without "apiservice"
  grep -vF "csidriver" "$OBJECTS" > "$sandbox/rest" && mv "$sandbox/rest" "$OBJECTS"
  expect 1 "problems above: 2" "all that is missing at once" scripts/check-cluster.sh
fi

with "customresourcedefinitions *" "customresourcedefinition.apiextensions.k8s.io/externalsecrets.external-secrets.io"
expect 1 "Others have installed resource types of external-secrets.io" "the types of an operator of others" scripts/check-cluster.sh
with "namespace monitoring *" "namespace/monitoring"
expect 1 "Others have made the namespace monitoring" "a namespace of others" scripts/check-cluster.sh
with "namespace external-secrets --output jsonpath=*" "another-system"
echo "get namespace external-secrets *|namespace/external-secrets" >> "$OBJECTS"
expect 1 "Others have made the namespace external-secrets" "another system of this kind" scripts/check-cluster.sh
with "namespace external-secrets --output jsonpath=*" "$name"
{ echo "get customresourcedefinitions *|customresourcedefinition.apiextensions.k8s.io/externalsecrets.external-secrets.io"; cat "$OBJECTS"; } > "$sandbox/rest"
mv "$sandbox/rest" "$OBJECTS"
expect 0 "" "the second time" scripts/check-cluster.sh

# Nothing is installed into a cluster that is not fit.
environment="$(sed -n 's/^usage: .*platform.sh \([a-z]*\).*/\1/p; s/.*echo "usage: scripts\/platform.sh \([a-z]*\).*/\1/p' scripts/platform.sh | head -n 1)"
without "apiservice"
stand_in helm <<'TEXT'
echo "helm $*"
TEXT
cp "$sandbox/bin/kubectl" "$sandbox/bin/kubectl-get"
stand_in kubectl <<TEXT
[[ "\$1" == get ]] && exec "$sandbox/bin/kubectl-get" "\$@"
[[ "\$1" == config ]] && { echo "$name-$environment $name-$environment"; exit 0; }
echo "kubectl \$*"
TEXT
expect 1 "the cluster is not fit" "the platform is not installed" scripts/platform.sh "$environment"
if grep -qE '^(helm|kubectl apply)' "$sandbox/output"; then
  echo "FAILED: something was installed into a cluster that is not fit"
  failed=$((failed + 1))
fi

finish
