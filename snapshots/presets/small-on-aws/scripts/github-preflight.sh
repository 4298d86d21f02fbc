#!/usr/bin/env bash
# Asks GitHub whether it has what this repository needs, and says in a sentence what fails without it and where it is
# changed. It reads only. Run it before the repository is made, and again afterwards for what belongs to the repository.
#
#   gh auth refresh --scopes admin:org,repo      # once, best as an owner of the organization
#   scripts/github-preflight.sh
set -euo pipefail

repository="acme/shop"
owner="${repository%%/*}"
findings=0

finding() {
  echo "- $*" >&2
  findings=$((findings + 1))
}
# Prints a field of an answer, nothing when GitHub does not tell. With an error, `gh` prints a text there, too.
ask() {
  local answer
  answer="$(gh api "${@:3}" "$1" --jq "$2" 2> /dev/null)" || return 0
  [[ "$answer" == null ]] || echo "$answer"
}

gh auth status > /dev/null 2>&1 || { echo "github-preflight: gh is not signed in: gh auth login" >&2; exit 1; }
kind="$(ask "users/$owner" .type)"
visibility="$(ask "repos/$repository" .visibility)"
branch="$(ask "repos/$repository" .default_branch)"
if [[ -n "$branch" && "$branch" != main ]]; then
  finding "The default branch of $repository is \`$branch\`, and all that is generated, the workflows first, takes \`main\` for it: rename it" \
      "at https://github.com/$repository/branches."
fi

if [[ "$visibility" == public ]]; then
  finding "$repository is public, and so has rules of main and environments, which the answer \`github_plan\` does without: correct" \
      "it with \`scaffold update --set github_plan=public\`."
fi

if [[ "$kind" == Organization ]]; then
  switch="$(ask "orgs/$owner/actions/permissions/workflow" .can_approve_pull_request_reviews)"
  where="https://github.com/organizations/$owner/settings/actions, \"Allow GitHub Actions to create and approve pull requests\""
  case "$switch" in
    true) ;;
    false) finding "$owner does not let Actions open pull requests: no promotion to production, no record of a rollback can" \
        "be proposed; switch it on at $where." ;;
    *) finding "Whether $owner lets Actions open pull requests cannot be read, and promotions fail without it: look at $where, or" \
        "repeat this as an owner." ;;
  esac
fi

if [[ "$findings" -gt 0 ]]; then
  echo "github-preflight: $findings to settle first" >&2
  exit 1
fi
if [[ -z "$visibility" ]]; then
  echo "github-preflight: $owner has what this repository needs; ask again when $repository exists"
else
  echo "github-preflight: $repository has what it needs"
fi
