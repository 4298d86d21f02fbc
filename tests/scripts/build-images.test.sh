#!/usr/bin/env bash
# Tests of scripts/build-images.sh: a registry that remembers tags, and a build that gives each image a digest.
# Only with scripts/build-images.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export REGISTRY="$sandbox/registry" LOG="$sandbox/log"
mkdir "$REGISTRY"
ACCOUNT="$(sed -n 's/^if \[\[ "\$account" != \([0-9]*\) \]\]; then$/\1/p' scripts/build-images.sh)"
export ACCOUNT
stand_in aws << 'TEXT'
case "$1 $2" in
  "sts get-caller-identity") echo "$ACCOUNT" ;;
  "ecr get-login-password") echo password ;;
  "ecr describe-images")
    for argument in "$@"; do
      case "$argument" in
        imageTag=*) tag="${argument#imageTag=}" ;;
        */*) repository="${argument//\//-}" ;;
      esac
    done
    cat "$REGISTRY/$repository:$tag"
    ;;
  *) exit 9 ;;
esac
TEXT
stand_in docker << 'TEXT'
echo "docker $*" >> "$LOG"
case "$1 ${2-}" in
  "login "*) [[ "$(cat)" == password ]] ;;
  "buildx inspect") [[ -e "$REGISTRY/builder" ]] ;;
  "buildx create") touch "$REGISTRY/builder" ;;
  "buildx build")
    while [[ $# -gt 0 ]]; do
      case "$1" in
        --metadata-file) metadata="$2" ;;
        --tag) tag="$2" ;;
      esac
      shift
    done
    [[ "$tag" != *"/${BROKEN-none}:"* ]] || exit 1
    digest="sha256:$(sha256sum <<< "$tag" | cut -d ' ' -f 1)"
    printf '{"containerimage.digest": "%s"}\n' "${DIGEST-$digest}" > "$metadata"
    name="${tag#*/}"
    echo "$digest" > "$REGISTRY/${name//\//-}"
    ;;
esac
TEXT

expect 2 "usage" "no folder" scripts/build-images.sh
expect 2 "usage" "an option" scripts/build-images.sh --help

echo "/digests/" > .gitignore
git init --quiet --initial-branch main
git config user.email test@example.com
git config user.name Test
git add --all
git commit --quiet --message "First"
commit="$(git rev-parse HEAD)"
read -ra services <<< "$(sed -n 's/^services="\(.*\)"$/\1/p' scripts/set-images.sh)"
if grep -q '^needs ' scripts/build-images.sh; then
  expect 1 "which an image build needs, is empty" "a secret of the build is missing" scripts/build-images.sh digests
fi
# Whatever an image build asks for.
while IFS= read -r secret; do export "$secret=value-of-$secret"; done < <(grep -o 'env=[A-Z_]*' scripts/build-images.sh | cut -d = -f 2 | sort -u)

echo "not committed" > new-file
expect 1 "the working tree is not clean" "a tree with a new file" scripts/build-images.sh digests
rm new-file
expect 1 "these are credentials of 999999999999" "another account" env ACCOUNT=999999999999 scripts/build-images.sh digests
expect 1 "No such file" "nothing was asked of Docker" cat "$LOG"

expect 0 "${#services[@]} digest" "all services" scripts/build-images.sh digests
for service in "${services[@]}"; do
  expect 0 "--tag $own/$service:$commit" "$service is pushed with the commit as its tag" grep -F -- "--push" "$LOG"
  expect 0 "sha256:" "the digest of $service is written" cat "digests/$service"
done
expect 1 "" "no value of a secret is among the arguments" grep -F "value-of-" "$LOG"
mkdir -p k8s/overlays/prod/images
expect 0 "${#services[@]} digests" "scripts/set-images.sh takes them" scripts/set-images.sh prod digests
git checkout --quiet -- . && git clean --quiet --force -d

: > "$LOG"
rm -r digests
expect 0 "$commit was built before" "the same commit again" scripts/build-images.sh digests
expect 1 "" "is not built again" grep -F "buildx build" "$LOG"
expect 1 "" "and the builder is not made again" grep -F "buildx create" "$LOG"
for service in "${services[@]}"; do
  expect 0 "sha256:" "the digest of $service is that of the registry" cat "digests/$service"
done

git commit --quiet --allow-empty --message "Second"
rm -r digests
expect 1 "" "a build that fails" env BROKEN="${services[0]}" scripts/build-images.sh digests
expect 1 "No such file" "leaves no digest" cat "digests/${services[0]}"
expect 1 "which is no sha256 digest" "a build without a digest" env DIGEST=null scripts/build-images.sh digests
finish
