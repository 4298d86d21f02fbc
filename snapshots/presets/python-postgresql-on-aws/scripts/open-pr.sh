#!/usr/bin/env bash
# Puts changed files of the working tree on a branch and opens a pull request for it, or renews the open one. The commit is
# made through GitHub's API: it is signed by GitHub, and no credential for pushing lies on the runner.
#
#   scripts/open-pr.sh [--draft|--ready] [--keep-edits] BRANCH TITLE BODY_FILE PATH...
#
#   --draft, --ready    makes an open pull request that, too; without them it stays what it is, and a new one is ready
#   --keep-edits        leaves an open pull request alone when its branch has commits by others
#
# Needs GH_TOKEN and GITHUB_REPOSITORY; the parent is HEAD, the base is main. A PATH may be a folder: new and deleted files
# below it count. Pull requests of GITHUB_TOKEN start no checks by themselves, so the script starts ci.yml on the branch:
# its result appears on the same commit.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"

usage() {
  echo "usage: scripts/open-pr.sh [--draft|--ready] [--keep-edits] BRANCH TITLE BODY_FILE PATH..." >&2
  exit 2
}

draft=
keep_edits=false
while [[ "${1-}" == --* ]]; do
  case "$1" in
    --draft) draft=true ;;
    --ready) draft=false ;;
    --keep-edits) keep_edits=true ;;
    *) usage ;;
  esac
  shift
done
[[ $# -ge 4 ]] || usage
branch="$1"
title="$2"
body="$3"
shift 3
repository="${GITHUB_REPOSITORY:?is set by GitHub Actions}"

if [[ -z "$(git status --porcelain -- "$@")" ]]; then
  echo "nothing changed in $*: no pull request is needed"
  exit 0
fi

found="$(gh pr list --repo "$repository" --head "$branch" --base main --state open \
  --json number,isDraft --jq '.[0] | select(.) | "\(.number) \(.isDraft)"')"
read -r number was_draft <<< "$found"
if [[ "$keep_edits" == true && -n "$number" ]]; then
  # Commits of this script name their own tree in the message, so other and amended commits are detected.
  tip="$(gh api "repos/$repository/commits/$branch" --jq '.commit | "\(.tree.sha) \(.message | split("\n") | last)"')"
  if [[ "$tip" != "${tip%% *} Tree: ${tip%% *}" ]]; then
    echo "::notice::$branch has commits by others. Merge or close pull request $number; the next run starts from main again."
    exit 0
  fi
fi

content="$(mktemp)"
trap 'rm -f "$content"' EXIT

# One entry of the new tree for each change of the index, as GitHub's API takes it. Text goes along; what is not text in
# UTF-8 is stored first.
entries() {
  local mode blob path sha
  while read -r -d '' _ mode _ blob _ && IFS= read -r -d '' path; do
    if [[ "$mode" == 000000 ]]; then
      jq --null-input --arg path "$path" '{path: $path, mode: "100644", type: "blob", sha: null}'
      continue
    fi
    git cat-file blob "$blob" > "$content"
    if iconv --from-code UTF-8 --to-code UTF-8 "$content" > /dev/null 2>&1 \
      && [[ "$(tr -d '\0' < "$content" | wc -c)" == "$(wc -c < "$content")" ]]; then
      jq --null-input --arg path "$path" --arg mode "$mode" --rawfile content "$content" \
        '{path: $path, mode: $mode, type: "blob", content: $content}'
    else
      sha="$(base64 --wrap 0 "$content" | jq --raw-input '{content: ., encoding: "base64"}' \
        | gh api --method POST "repos/$repository/git/blobs" --input - --jq .sha)" || return
      jq --null-input --arg path "$path" --arg mode "$mode" --arg sha "$sha" '{path: $path, mode: $mode, type: "blob", sha: $sha}'
    fi
  done < <(git diff-index --cached --raw --no-abbrev --no-renames -z HEAD -- "$@")
}

git add --all -- "$@"
parent="$(git rev-parse HEAD)"
base_tree="$(git rev-parse 'HEAD^{tree}')"
tree="$(
  entries "$@" \
    | jq --slurp --arg base "$base_tree" '{base_tree: $base, tree: .}' \
    | gh api --method POST "repos/$repository/git/trees" --input - --jq .sha
)"
commit="$(
  jq --null-input --arg message "$title"$'\n\n'"Tree: $tree" --arg tree "$tree" --arg parent "$parent" \
    '{message: $message, tree: $tree, parents: [$parent]}' \
    | gh api --method POST "repos/$repository/git/commits" --input - --jq .sha
)"
if gh api "repos/$repository/git/ref/heads/$branch" > /dev/null 2>&1; then
  gh api --method PATCH "repos/$repository/git/refs/heads/$branch" --raw-field "sha=$commit" --field force=true > /dev/null
else
  gh api --method POST "repos/$repository/git/refs" --raw-field "ref=refs/heads/$branch" --raw-field "sha=$commit" > /dev/null
fi
# First of all: the commit needs its checks, whatever becomes of the text.
gh workflow run ci.yml --repo "$repository" --ref "$branch"

if [[ -z "$number" ]]; then
  options=()
  if [[ "$draft" == true ]]; then options=(--draft); fi
  gh pr create --repo "$repository" --head "$branch" --base main --title "$title" --body-file "$body" "${options[@]}"
else
  # Not `gh pr edit`: it reads the projects of the request first, and GITHUB_TOKEN may not.
  gh api --method PATCH "repos/$repository/pulls/$number" --raw-field "title=$title" --field "body=@$body" > /dev/null
  if [[ "$draft $was_draft" == "true false" ]]; then gh pr ready "$number" --repo "$repository" --undo; fi
  if [[ "$draft $was_draft" == "false true" ]]; then gh pr ready "$number" --repo "$repository"; fi
fi
