#!/usr/bin/env bash
# Tests of scripts/scaffold.sh: what is fetched, what is refused, and what the program is called with.
# shellcheck source=tests/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

stand_in docker <<'TEXT'
echo "docker $*"
exit 1
TEXT
digest="sha256:$(printf '0%.0s' {1..64})"

expect 1 'registry.example.com/tools/scaffold:1.4.2@sha256:6ea7bdb0f53cbf24bb2e4a4a4e5dd9a5b3ed3f1e0e1a2d5c7b8f90a1b2c3d4e5 status --exit-code' "the recorded image, and its status is passed on" scripts/scaffold.sh status --exit-code
expect 1 "--network none" "without a network" scripts/scaffold.sh status
expect 1 "--user $(id -u):$(id -g)" "as the owner of the files" scripts/scaffold.sh status
expect 1 "--volume $PWD:/repository" "on the repository" scripts/scaffold.sh status
expect 1 "registry.example.com/x@$digest diff" "another image" env SCAFFOLD_IMAGE="registry.example.com/x@$digest" scripts/scaffold.sh diff
expect 2 "by digest" "an image without a digest" env SCAFFOLD_IMAGE=registry.example.com/x:1 scripts/scaffold.sh diff
expect 2 "by digest" "an option instead of an image" env SCAFFOLD_IMAGE="--privileged x@$digest" scripts/scaffold.sh diff
finish
