#!/usr/bin/env bash
# Tests of scripts/pinned-images.sh on the manifests, workflows and scripts of the tree.
# Only with scripts/restore.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

images=tools/images/compose.yaml
# The image of the database.
engine="$(grep -oE 'docker.io/library/(mongo|postgres|mysql):' "$repository/$images" | cut -d / -f 3 | tr -d :)"
cp -R "$repository/k8s" "$repository/tools" "$repository/.github" .
# "PATH LINES" and modes of all files, to see what changed.
state() { find . -type f -exec ls -l {} + | awk '{ print $1, $NF }' | sort; find . -type f -exec cksum {} + | sort; }

expect 0 "in line with $images" "as generated" scripts/pinned-images.sh
state > "$sandbox/before"
expect 0 "" "nothing to write" scripts/pinned-images.sh --write
state > "$sandbox/after"
expect 0 "" "and nothing written" cmp "$sandbox/before" "$sandbox/after"

# A bot raises one image with a new tag and another one with a new digest only.
raised="sha256:$(printf 'b%.0s' {1..64})"
sed -E "s|(/aws-cli):[^@]+@.*|\1:2.99.0@$raised|; s|(/$engine:[^@]+)@.*|\1@$raised|; s|(/prometheus):[^@]+@.*|\1:v9.0.0@$raised|" \
  "$images" > "$sandbox/compose"
cp "$sandbox/compose" "$images"
expect 1 "k8s/components/backup/cronjob.yaml" "a manifest behind the bot" scripts/pinned-images.sh
expect 1 "scripts/pinned-images.sh --write" "the command is named" scripts/pinned-images.sh
expect 1 "has aws-cli:2.99.0@$raised" "with both versions" scripts/pinned-images.sh
expect 1 "scripts/check: " "a script behind the bot" scripts/pinned-images.sh
expect 1 ".github/workflows/ci.yml" "a workflow behind the bot" scripts/pinned-images.sh
state > "$sandbox/again"
expect 1 "" "looking" cmp "$sandbox/before" "$sandbox/again"
expect 0 "k8s/restore/job.yaml" "written" scripts/pinned-images.sh --write
expect 0 "in line" "in line after that" scripts/pinned-images.sh
expect 0 "$name-ecr/aws-cli/aws-cli:2.99.0@$raised" "through the cache as before" cat k8s/components/backup/cronjob.yaml
expect 0 "docker.io/library/$engine:" "from Docker Hub as before" grep "$raised" .github/workflows/ci.yml
expect 0 "" "still a program" test -x scripts/check
expect 0 "" "that bash can read" bash -n scripts/check
# The message broker in the cluster has a backup of its own.
expect 0 "" "the others stay" diff -r --exclude=broker "$repository/k8s/base" k8s/base
state > "$sandbox/written"
expect 0 "" "a second time" scripts/pinned-images.sh --write
state > "$sandbox/after"
expect 0 "" "changes nothing" cmp "$sandbox/written" "$sandbox/after"

# An image of a job that is nowhere in the file: no bot would ever raise it.
mkdir -p k8s/components/report
echo "          image: $own-ecr/docker/library/alpine:3.24@$raised" > k8s/components/report/cronjob.yaml
expect 1 "k8s/components/report/cronjob.yaml: $own-ecr/docker/library/alpine" "an image that no bot reads" scripts/pinned-images.sh
expect 1 "add it to $images" "and what to do" scripts/pinned-images.sh --write
rm -r k8s/components/report

# An image of another registry that is called like one of the file.
echo "          image: registry.example.com/acme/$engine:2.4.1@sha256:$(printf 'c%.0s' {1..64})" > k8s/base/other.yaml
cp k8s/base/other.yaml "$sandbox/other.yaml"
expect 0 "in line" "an image that is called like another one" scripts/pinned-images.sh --write
expect 0 "" "stays" cmp "$sandbox/other.yaml" k8s/base/other.yaml
rm k8s/base/other.yaml

sed 's|@sha256:.*||' "$sandbox/compose" > "$images"
expect 1 "no tag and digest" "a file without digests" scripts/pinned-images.sh --write
rm "$images"
expect 1 "$images" "no file" scripts/pinned-images.sh
expect 2 "usage" "an unknown option" scripts/pinned-images.sh --all
finish
