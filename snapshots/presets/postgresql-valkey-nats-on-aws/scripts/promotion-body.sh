#!/usr/bin/env bash
# Prints the text of the promotion pull request: what changes in production, what staging said, which migrations will run.
#
#   scripts/promotion-body.sh RUN_URL [MIGRATIONS_RECORD]
set -euo pipefail
cd "$(dirname "$0")/.."

run="${1:?usage: scripts/promotion-body.sh RUN_URL [MIGRATIONS_RECORD]}"
record="${2:-}"
file=k8s/overlays/prod/images/kustomization.yaml

# "service digest" of an images file
digests() {
  awk '/- name: / { n = split($3, part, "/"); name = part[n] } /^ *digest: / { print name, $2 }'
}

old="$(git show "HEAD:$file" 2> /dev/null | digests || true)"
echo "Staging runs these images and passed the smoke test in [this run]($run). Merging releases the very same digests to"
echo "production, after a reviewer approved the deployment; nothing is built again."
echo
echo "| Service | Production now | After the merge |"
echo "| --- | --- | --- |"
digests < "$file" | while read -r service digest; do
  before="$(awk -v service="$service" '$1 == service { print substr($2, 8, 12) }' <<< "$old")"
  after="${digest:7:12}"
  [[ "$before" == "$after" ]] && after="unchanged"
  echo "| $service | ${before:-none} | $after |"
done
echo
echo "## Migrations"
echo
if [[ -s "$record" ]]; then
  echo "They run in production before the new version serves, as they did in staging:"
  echo
  echo "| Service | Job | Environment | Result | Duration |"
  echo "| --- | --- | --- | --- | --- |"
  cat "$record"
  echo
  echo "- [ ] Every new migration has its row, with a way back, in \`docs/migrations/README.md\`."
else
  echo "Staging reported none."
fi
