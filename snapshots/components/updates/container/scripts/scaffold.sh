#!/usr/bin/env bash
# Runs the scaffold that this repository records: the same program here as in the pipeline. docs/updating.md says what for.
#
#   scripts/scaffold.sh ARGUMENT...       for example: scripts/scaffold.sh status
#
# SCAFFOLD_IMAGE names another image. The program sees the repository and nothing else: no network, no variable, no token.
# Exit status: that of scaffold (0 done, 1 differences or conflicts remain, 2 error), and 2 when it cannot be run.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "scripts/scaffold.sh: $1" >&2
  exit 2
}

image="${SCAFFOLD_IMAGE:-ghcr.io/acme/scaffold@sha256:6ea7bdb0f53cbf24bb2e4a4a4e5dd9a5b3ed3f1e0e1a2d5c7b8f90a1b2c3d4e5}"
[[ "$image" =~ ^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}$ ]] \
  || fail "SCAFFOLD_IMAGE does not name an image by digest: $image"
terminal=()
if [[ -t 0 && -t 1 ]]; then terminal=(--tty); fi
exec docker run --rm --interactive "${terminal[@]}" \
  --network none --read-only --tmpfs /tmp --env HOME=/tmp \
  --cap-drop ALL --security-opt no-new-privileges --user "$(id -u):$(id -g)" \
  --volume "$PWD:/repository" --workdir /repository \
  "$image" "$@"
