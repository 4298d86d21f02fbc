#!/usr/bin/env bash
# The gate in front of every deployment: renders an environment, and refuses an image that is not named by digest,
# has a mutable tag, or comes from a registry that is not listed here. What passes is exactly what was built and tested.
#
#   scripts/check-images.sh [--allow-unreleased] staging|prod
#
# --allow-unreleased accepts our own images that have no digest yet (no tag either): pull requests use it, because a new
# service cannot have a digest before it is merged. Deployments never use it.
# Exit status: 0 all images are fine, 1 an image is refused, 2 wrong call, 3 nothing was released to the environment yet.
set -euo pipefail
cd "$(dirname "$0")/.."

own="444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop"
caches="444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop-ecr 444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop-quay"
trusted="docker.io ghcr.io quay.io registry.k8s.io public.ecr.aws"

usage() {
  echo "usage: scripts/check-images.sh [--allow-unreleased] staging|prod" >&2
  exit 2
}

allow_unreleased=false
if [[ "${1:-}" == --allow-unreleased ]]; then
  allow_unreleased=true
  shift
fi
env="${1:-}"
[[ $# -eq 1 && "$env" =~ ^(staging|prod)$ ]] || usage

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
kubectl kustomize "k8s/overlays/$env" > "$work/rendered.yaml"
for migration in k8s/overlays/"$env"/migrations/*/; do
  if [[ -f "$migration/kustomization.yaml" ]]; then
    echo "---" >> "$work/rendered.yaml"
    kubectl kustomize "$migration" >> "$work/rendered.yaml"
  fi
done

# Every `image:` of every object, custom resources included; config maps may hold any text, so they are left out.
awk '
  function flush(  i) {
    if (kind != "ConfigMap") for (i = 1; i <= n; i++) print found[i]
    n = 0; kind = ""
  }
  /^---$/ { flush(); next }
  /^kind: / { kind = $2 }
  /^ *(- )?image: / { value = $0; sub(/^ *(- )?image: */, "", value); gsub(/"/, "", value); gsub(/\047/, "", value); found[++n] = value }
  END { flush() }
' "$work/rendered.yaml" | sort -u > "$work/images"

refused=0
with_digest=0
without_digest=0
refuse() {
  echo "refused: $1" >&2
  echo "         $2" >&2
  refused=$((refused + 1))
}

while IFS= read -r image; do
  name="${image%%@*}"
  digest=""
  [[ "$image" == *@* ]] && digest="${image#*@}"
  registry="${name%%/*}"
  repository="$name"
  tag=""
  if [[ "${name##*/}" == *:* ]]; then
    repository="${name%:*}"
    tag="${name##*:}"
  fi
  if [[ "$repository" != "$own"/* ]]; then
    if [[ "$name" != */* || ! "$registry" =~ [.:] ]]; then
      refuse "$image" "it names no registry: write docker.io/... in front"
      continue
    fi
    cache="${name%%/*}/$(cut -d / -f 2 <<< "$name")"
    if [[ " $trusted $caches " != *" $registry "* && " $caches " != *" $cache "* ]]; then
      refuse "$image" "registry $registry is unknown: trusted are $trusted, $own and $caches"
      continue
    fi
  fi
  if [[ -z "$digest" && -z "$tag" && "$repository" == "$own"/* ]]; then
    without_digest=$((without_digest + 1))
    echo "$repository" >> "$work/waiting"
  elif [[ -z "$digest" ]]; then
    refuse "$image" "a tag can be moved to another image: name it by digest (name@sha256:...)"
  elif [[ ! "$digest" =~ ^sha256:[0-9a-f]{64}$ ]]; then
    refuse "$image" "the digest is not sha256: and 64 hexadecimal characters"
  elif [[ "$tag" == latest ]]; then
    refuse "$image" "the tag latest says nothing about what the digest is: name the version"
  elif [[ -n "$tag" && "$repository" == "$own"/* ]]; then
    refuse "$image" "our images have no tag: scripts/verify-images.sh looks for the digest alone"
  elif [[ "$repository" == "$own"/* ]]; then
    with_digest=$((with_digest + 1))
  fi
done < "$work/images"

if [[ $refused -gt 0 ]]; then
  echo "error: $refused of $(wc -l < "$work/images" | tr -d ' ') images of $env refused" >&2
  exit 1
fi

if [[ $without_digest -gt 0 ]]; then
  file="k8s/overlays/$env/images/kustomization.yaml"
  if [[ "$allow_unreleased" == true ]]; then
    echo "$env: without a digest until their first release:"
    sed 's/^/  /' "$work/waiting"
  elif [[ $with_digest -eq 0 ]]; then
    echo "error: nothing was released to $env yet: $file holds no digest" >&2
    if [[ "$env" == prod ]]; then
      echo "hint: merge the pull request \"Promote to production\" that the workflow Deploy staging opens" >&2
    else
      echo "hint: the workflow Deploy staging builds the images and writes their digests; push to main" >&2
    fi
    exit 3
  else
    echo "error: $file holds no digest for:" >&2
    sed 's/^/  /' "$work/waiting" >&2
    echo "hint: these services were never promoted; the next promotion pull request brings their digests" >&2
    exit 1
  fi
fi
echo "$env: $(wc -l < "$work/images" | tr -d ' ') images checked, $with_digest of ours by digest"
