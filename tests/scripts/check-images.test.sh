#!/usr/bin/env bash
# Tests of scripts/check-images.sh: kubectl prints a rendered overlay from a file.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

digest="sha256:$(printf 'a%.0s' {1..64})"
export RENDERED="$sandbox/rendered.yaml"
stand_in kubectl <<'TEXT'
[[ "$1" == kustomize ]] || exit 1
cat "$RENDERED"
TEXT

# rendered IMAGE...: a Deployment with a container for each, and a ConfigMap that only talks about images.
rendered() {
  {
    echo "apiVersion: v1"
    echo "data:"
    echo "  note: |"
    echo "    image: nginx:latest"
    echo "kind: ConfigMap"
    echo "---"
    echo "apiVersion: apps/v1"
    echo "kind: Deployment"
    echo "spec:"
    for image in "$@"; do
      echo "  - image: $image"
    done
  } > "$RENDERED"
}

rendered "$own/api@$digest" "docker.io/library/mongo:8.0@$digest"
expect 0 "2 images checked, 1 of ours by digest" "all by digest" scripts/check-images.sh prod

rendered "$own/api@$digest" "$own-ecr/docker/library/mongo:8.0@$digest" "$own-quay/curl/curl@$digest"
expect 0 "3 images checked, 1 of ours by digest" "through the cache of the registry" scripts/check-images.sh prod

rendered "$own/api@$digest" "$own-other/mongo@$digest"
expect 1 "is unknown" "a repository that is neither ours nor a cache" scripts/check-images.sh prod

rendered "$own/api" "docker.io/library/mongo:8.0@$digest"
expect 3 "nothing was released to prod yet" "before the first release" scripts/check-images.sh prod
expect 0 "without a digest until their first release" "before the first release, in a pull request" scripts/check-images.sh --allow-unreleased prod

rendered "$own/api@$digest" "$own/new"
expect 1 "$own/new" "a service that was never promoted" scripts/check-images.sh prod
expect 0 "$own/new" "a new service in a pull request" scripts/check-images.sh --allow-unreleased prod

rendered "$own/api:1.2.3"
expect 1 "a tag can be moved" "one of ours by tag" scripts/check-images.sh --allow-unreleased prod

rendered "$own/api@$digest" "docker.io/library/mongo:8.0"
expect 1 "a tag can be moved" "a foreign image by tag" scripts/check-images.sh prod

rendered "$own/api:1.0@$digest"
expect 1 "our images have no tag" "one of ours by tag and digest, which nothing verifies" scripts/check-images.sh prod

rendered "$own/api@$digest" "docker.io/library/mongo:latest@$digest"
expect 1 "the tag latest" "latest, even with a digest" scripts/check-images.sh prod

rendered "$own/api@sha256:abc"
expect 1 "64 hexadecimal characters" "half a digest" scripts/check-images.sh prod

rendered "$own/api@$digest" "registry.example.org/tool@$digest"
expect 1 "registry registry.example.org is unknown" "an unknown registry" scripts/check-images.sh prod

rendered "$own/api@$digest" "mongo@$digest"
expect 1 "names no registry" "no registry" scripts/check-images.sh prod

rendered "$own-evil/api@$digest"
expect 1 "is unknown" "a repository beside ours" scripts/check-images.sh prod

expect 2 "usage" "an unknown environment" scripts/check-images.sh dev
expect 2 "usage" "no environment" scripts/check-images.sh
finish
