#!/usr/bin/env bash
# Copies kubectl out of its official image, which tools/compose.yaml pins by digest, into DIRECTORY,
# and puts that on the PATH of the following workflow steps.
#
#   scripts/install-kubectl.sh DIRECTORY
set -euo pipefail
cd "$(dirname "$0")/.."

directory="${1:?usage: scripts/install-kubectl.sh DIRECTORY}"
image="$(sed -n 's|^ *image: \(registry\.k8s\.io/kubectl:[^ ]*@sha256:[0-9a-f]*\)$|\1|p' tools/compose.yaml)"
if [[ -z "$image" ]]; then
  echo "error: tools/compose.yaml names no kubectl image with a digest" >&2
  exit 1
fi

mkdir -p "$directory"
container="$(docker create "$image")"
trap 'docker rm "$container" > /dev/null' EXIT
docker cp --quiet "$container:/bin/kubectl" "$directory/kubectl"
chmod 0755 "$directory/kubectl"
"$directory/kubectl" version --client
if [[ -n "${GITHUB_PATH:-}" ]]; then
  echo "$directory" >> "$GITHUB_PATH"
fi
