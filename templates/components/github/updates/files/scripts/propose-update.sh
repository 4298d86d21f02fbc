#!/usr/bin/env bash
# Opens the pull request for an update that scripts/update-scaffold.sh has made in the working tree, or renews the open one.
#
#   scripts/propose-update.sh updated|conflicts BODY_FILE
#
# Needs GH_TOKEN and GITHUB_REPOSITORY. WORKFLOWS_ALLOWED=true says that the token may change workflows, which GITHUB_TOKEN
# never may: GitHub would refuse the commit. An update may change this script and scripts/open-pr.sh, too: run them from a copy
# that was made before it.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cd "$(git rev-parse --show-toplevel)"

result="${1-}"
body="${2-}"
if [[ ! "$result" =~ ^(updated|conflicts)$ || -z "$body" ]]; then
  echo "usage: scripts/propose-update.sh updated|conflicts BODY_FILE" >&2
  exit 2
fi

workflows="$(git status --porcelain --untracked-files=all -- .github/workflows)"
if [[ -n "$workflows" && "${WORKFLOWS_ALLOWED-}" != true ]]; then
  {
    echo "This update changes workflows, and the token of a run may not do that:"
    echo "$workflows"
    echo "Update by hand, or keep a token in the environment scaffold: docs/updating.md, section The weekly pull request."
  } >&2
  exit 1
fi

state=--ready
if [[ "$result" == conflicts ]]; then state=--draft; fi
"$here/open-pr.sh" "$state" --keep-edits scaffold/update "Take over the newer templates" "$body" .
