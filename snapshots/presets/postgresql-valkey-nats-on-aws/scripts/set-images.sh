#!/usr/bin/env bash
# Writes the digests of a build into the images file of an environment. Every service is in the file, or the file is
# left alone: half a release is not a release.
#
#   scripts/set-images.sh staging|prod DIGESTS
#
# DIGESTS is a folder with one file per service, named after it, that holds sha256:...
set -euo pipefail
cd "$(dirname "$0")/.."

env="${1:-}"
digests="${2:-}"
if [[ ! "$env" =~ ^(staging|prod)$ || ! -d "$digests" ]]; then
  echo "usage: scripts/set-images.sh staging|prod DIGESTS" >&2
  exit 2
fi

services="web api worker"
file="k8s/overlays/$env/images/kustomization.yaml"
new="$(mktemp)"
trap 'rm -f "$new"' EXIT
cat > "$new" <<TEXT
# Which build of each service runs in $env. Written by scripts/set-images.sh in CI; a change by hand skips the tests in
# staging, and scripts/prod_preflight.sh refuses it.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
TEXT
for service in $services; do
  if [[ ! -f "$digests/$service" ]]; then
    echo "error: $digests holds no digest of $service" >&2
    exit 1
  fi
  digest="$(tr -d '[:space:]' < "$digests/$service")"
  if [[ ! "$digest" =~ ^sha256:[0-9a-f]{64}$ ]]; then
    echo "error: $digests/$service holds \`$digest\`, which is no sha256 digest" >&2
    exit 1
  fi
  printf '  - name: %s\n    digest: %s\n' "444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop/$service" "$digest" >> "$new"
done
cat "$new" > "$file"
echo "$file: $(grep -c 'digest:' "$file") digests"
