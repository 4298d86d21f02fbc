#!/usr/bin/env bash
# Puts k8s/ of a known good commit into the working tree. Refuses a commit that never was in main. k8s/platform stays as it
# is: scripts/platform.sh installs it, no deployment does. The database, its backups and their tools stay too: a release goes
# back, the version and the size of a database never do.
#
#   scripts/restore-manifests.sh COMMIT
set -euo pipefail
cd "$(dirname "$0")/.."

commit="${1:-}"
if [[ ! "$commit" =~ ^[0-9a-f]{40}$ ]]; then
  echo "error: \`$commit\` is not a full commit id (40 hexadecimal characters)" >&2
  echo "hint: git log --first-parent --format='%H %ad %s' -- k8s/overlays/prod/images" >&2
  exit 2
fi

if ! git merge-base --is-ancestor "$commit" HEAD 2> /dev/null; then
  echo "error: $commit is not part of the history of $(git rev-parse --abbrev-ref HEAD)" >&2
  exit 1
fi
git restore --source="$commit" --staged --worktree -- k8s ':!k8s/platform' \
  ':!k8s/base/postgresql' ':!k8s/overlays/*postgresql*' ':!k8s/components' ':!k8s/restore' ':!k8s/*roles' \
  ':!k8s/overlays/*/backup/*' ':!k8s/overlays/*/restore-drill/*'
git diff --cached --stat HEAD -- k8s
