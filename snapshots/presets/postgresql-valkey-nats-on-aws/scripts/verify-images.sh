#!/usr/bin/env bash
# Verifies for each of our images in an environment that deploy-staging.yml built it, on main, in this repository.
# That workflow builds only what passed CI, so a valid answer also says that the tests passed.
#
#   scripts/verify-images.sh staging|prod
#
# Needs gh (with GH_TOKEN in CI) and a login to the registry.
set -euo pipefail
cd "$(dirname "$0")/.."

env="${1:-}"
if [[ ! "$env" =~ ^(staging|prod)$ ]]; then
  echo "usage: scripts/verify-images.sh staging|prod" >&2
  exit 2
fi

rendered="$(kubectl kustomize "k8s/overlays/$env")"
images="$(grep -oE '444455556666\.dkr\.ecr\.eu-central-1\.amazonaws\.com/shop/[a-z0-9-]+@sha256:[0-9a-f]{64}' <<< "$rendered" | sort -u || true)"
if [[ -z "$images" ]]; then
  echo "$env runs none of our images: nothing to verify"
  exit 0
fi

while IFS= read -r image; do
  echo "verifying $image"
  gh attestation verify "oci://$image" \
    --repo acme/shop \
    --signer-workflow acme/shop/.github/workflows/deploy-staging.yml \
    --source-ref refs/heads/main < /dev/null
done <<< "$images"
