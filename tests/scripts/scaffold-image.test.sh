#!/usr/bin/env bash
# Tests of scripts/scaffold.sh that runs an image: what is fetched, what is refused, and what the program is called with.
# Only with scripts/scaffold.sh
# shellcheck disable=SC2016 # a pattern of sed
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

grep -q '^image=' scripts/scaffold.sh || exit 0
stand_in docker <<'TEXT'
echo "docker $*"
exit 1
TEXT
digest="sha256:$(printf '0%.0s' {1..64})"

image="$(sed -n 's/^image="${SCAFFOLD_IMAGE:-\(.*\)}"$/\1/p' scripts/scaffold.sh)"
expect 1 "$image status --exit-code" "the recorded image, and its status is passed on" scripts/scaffold.sh status --exit-code
expect 1 "--network none" "without a network" scripts/scaffold.sh status
expect 1 "--user $(id -u):$(id -g)" "as the owner of the files" scripts/scaffold.sh status
expect 1 "--volume $PWD:/repository" "on the repository" scripts/scaffold.sh status
expect 1 "registry.example.com/x@$digest diff" "another image" env SCAFFOLD_IMAGE="registry.example.com/x@$digest" scripts/scaffold.sh diff
expect 2 "by digest" "an image without a digest" env SCAFFOLD_IMAGE=registry.example.com/x:1 scripts/scaffold.sh diff
expect 2 "by digest" "an option instead of an image" env SCAFFOLD_IMAGE="--privileged x@$digest" scripts/scaffold.sh diff
finish
