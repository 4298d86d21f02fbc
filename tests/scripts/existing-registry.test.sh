#!/usr/bin/env bash
# Tests of the scripts that know the names of images, where the registry has images of others too.
# Only with infra/terraform/modules/existing-registry/main.tf
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

registry="${own%%/*}"
# shellcheck disable=SC2016 # the text of the script
separator="$(sed -n 's/.*!= "$own"\(.\)\*.*/\1/p' scripts/check-images.sh)"
ours="$own$separator"
digest="sha256:$(printf 'a%.0s' {1..64})"
export RENDERED="$sandbox/rendered.yaml" LOG="$sandbox/log"
stand_in kubectl <<'TEXT'
[[ "$1" == kustomize ]] || exit 1
cat "$RENDERED"
TEXT
stand_in gh <<'TEXT'
echo "$*" >> "$LOG"
[[ "$*" != *"${FOREIGN:-none}"* ]]
TEXT
rendered() { printf 'kind: Deployment\nspec:\n'; printf '  - image: %s\n' "$@"; }

rendered "${ours}api@$digest" "public.ecr.aws/docker/library/mongo:8.0@$digest" "quay.io/curl/curl:8.0@$digest" > "$RENDERED"
expect 0 "3 images checked, 1 of ours by digest" "images of others from public registries" scripts/check-images.sh prod
rendered "${ours}api@$digest" "$registry/teams/payments@$digest" > "$RENDERED"
expect 1 "registry $registry is unknown" "an image of others in the same registry" scripts/check-images.sh prod
expect 1 "and $ours*" "what is ours is named" scripts/check-images.sh prod
rendered "${ours}api:1.0@$digest" > "$RENDERED"
expect 1 "our images have no tag" "one of ours by tag and digest" scripts/check-images.sh prod

if [[ -e scripts/verify-images.sh ]]; then
  # Whatever counts as ours is verified, also what nothing here has built.
  rendered "${ours}api@$digest" "${ours}web/tool@$digest" > "$RENDERED"
  FOREIGN="${ours}web/tool" expect 1 "verifying ${ours}web/tool@$digest" "an image of others below our prefix" scripts/verify-images.sh prod
  expect 0 "oci://${ours}api@$digest" "ours are verified" cat "$LOG"
fi

mkdir -p k8s/overlays/prod/images digests
for service in api web; do echo "$digest" > "digests/$service"; done
expect 0 "2 digests" "digests of a build" scripts/set-images.sh prod digests
expect 0 "name: ${ours}api" "under the name of the repository" cat k8s/overlays/prod/images/kustomization.yaml

if [[ -e scripts/promotion-body.sh ]]; then
  git init --quiet
  expect 0 "| api | none | ${digest:7:12} |" "a promotion names services" scripts/promotion-body.sh https://example.com/run
fi

cp -R "$repository/k8s" "$repository/tools" "$repository/.github" .
raised="sha256:$(printf 'b%.0s' {1..64})"
sed -E "s|(/aws-cli):[^@]+@.*|\1:2.99.0@$raised|; s|(/mongo:[^@]+)@.*|\1@$raised|; s|(/curl):[^@]+@.*|\1:9.0.0@$raised|" \
  tools/images/compose.yaml > "$sandbox/compose"
cp "$sandbox/compose" tools/images/compose.yaml
expect 1 "has aws-cli:2.99.0@$raised" "a manifest behind the bot" scripts/pinned-images.sh
expect 0 "aws-cli:2.99.0@$raised" "written" scripts/pinned-images.sh --write
expect 0 "image: public.ecr.aws/aws-cli/aws-cli:2.99.0@$raised" "from the public registry as before" grep -r "$raised" k8s
if [[ -e k8s/restore/job.yaml ]]; then
  expect 0 "quay.io/curl/curl:9.0.0@$raised" "and from the other one" cat k8s/restore/job.yaml
  expect 0 "docker.io/library/mongo:" "from Docker Hub as before" grep "$raised" .github/workflows/ci.yml
fi

# Other images of the public registry belong to those who named them.
echo "          image: public.ecr.aws/docker/library/alpine:3.24@$digest" > k8s/base/other.yaml
expect 0 "in line" "an image that the file does not have" scripts/pinned-images.sh
finish
