#!/usr/bin/env bash
# Puts changed files of the working tree on a branch and opens a pull request for it, or renews the open one. The commit is
# made through GitHub's API: it is signed by GitHub, and no credential for pushing lies on the runner.
#
#   scripts/open-pr.sh BRANCH TITLE BODY_FILE PATH...
#
# Needs GH_TOKEN and GITHUB_REPOSITORY; the parent is HEAD, the base is main. Pull requests of GITHUB_TOKEN start no checks
# by themselves, so the script starts ci.yml on the branch: its result appears on the same commit.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ $# -lt 4 ]]; then
  echo "usage: scripts/open-pr.sh BRANCH TITLE BODY_FILE PATH..." >&2
  exit 2
fi
branch="$1"
title="$2"
body="$3"
shift 3
repository="${GITHUB_REPOSITORY:?is set by GitHub Actions}"

if [[ -z "$(git status --porcelain -- "$@")" ]]; then
  echo "nothing changed in $*: no pull request is needed"
  exit 0
fi

parent="$(git rev-parse HEAD)"
base_tree="$(git rev-parse 'HEAD^{tree}')"
tree="$(
  for path in "$@"; do
    mode=100644
    [[ -x "$path" ]] && mode=100755
    jq --null-input --arg path "$path" --arg mode "$mode" --rawfile content "$path" \
      '{path: $path, mode: $mode, type: "blob", content: $content}'
  done \
    | jq --slurp --arg base "$base_tree" '{base_tree: $base, tree: .}' \
    | gh api --method POST "repos/$repository/git/trees" --input - --jq .sha
)"
commit="$(
  jq --null-input --arg message "$title" --arg tree "$tree" --arg parent "$parent" \
    '{message: $message, tree: $tree, parents: [$parent]}' \
    | gh api --method POST "repos/$repository/git/commits" --input - --jq .sha
)"
if gh api "repos/$repository/git/ref/heads/$branch" > /dev/null 2>&1; then
  gh api --method PATCH "repos/$repository/git/refs/heads/$branch" --raw-field "sha=$commit" --field force=true > /dev/null
else
  gh api --method POST "repos/$repository/git/refs" --raw-field "ref=refs/heads/$branch" --raw-field "sha=$commit" > /dev/null
fi

number="$(gh pr list --repo "$repository" --head "$branch" --base main --state open --json number --jq '.[0].number // empty')"
if [[ -n "$number" ]]; then
  gh pr edit "$number" --repo "$repository" --title "$title" --body-file "$body"
else
  gh pr create --repo "$repository" --head "$branch" --base main --title "$title" --body-file "$body"
fi
gh workflow run ci.yml --repo "$repository" --ref "$branch"
