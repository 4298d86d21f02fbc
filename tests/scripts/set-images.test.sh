#!/usr/bin/env bash
# Tests of scripts/set-images.sh.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

file=k8s/overlays/prod/images/kustomization.yaml
mkdir -p "$(dirname "$file")" digests
echo "before" > "$file"
digest="sha256:$(printf 'b%.0s' {1..64})"

expect 1 "holds no digest of" "a service is missing" scripts/set-images.sh prod digests
expect 0 "before" "and the file is left alone" cat "$file"
read -ra services <<< "$(sed -n 's/^services="\(.*\)"$/\1/p' scripts/set-images.sh)"
for service in "${services[@]}"; do echo "$digest" > "digests/$service"; done
expect 0 "${#services[@]} digests" "all services" scripts/set-images.sh prod digests
for service in "${services[@]}"; do
  expect 0 "name: $own/$service" "$service is in the file" cat "$file"
done
expect 0 "digest: $digest" "the digest is in the file" cat "$file"
echo "latest" > "digests/${services[0]}"
expect 1 "is no sha256 digest" "a tag in place of a digest" scripts/set-images.sh prod digests
expect 2 "usage" "an unknown environment" scripts/set-images.sh dev digests
expect 2 "usage" "no folder" scripts/set-images.sh prod missing
finish
