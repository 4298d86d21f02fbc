#!/usr/bin/env bash
# Asks GitHub whether it has what this repository needs, and says in a sentence what fails without it and where it is
# changed. It reads only. Run it before the repository is made, and again afterwards for what belongs to the repository.
#
#   gh auth refresh --scopes admin:org,repo      # once, best as an owner of the organization
#   scripts/github-preflight.sh
set -euo pipefail

repository="acme/shop"
owner="${repository%%/*}"
code_owner="acme/platform" # @user, or @organization/team
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

if [[ "$kind" == Organization ]]; then
  plan="$(ask "orgs/$owner" .plan.name)"
  billing="https://github.com/organizations/$owner/settings/billing"
else
  plan="$(ask user .plan.name)"
  billing="https://github.com/settings/billing"
fi
case "$plan" in
  "") finding "The plan of $owner cannot be read, so nothing says whether it has what the workflows use: repeat this as an owner of" \
      "it, after \`gh auth refresh --scopes admin:org,repo\`." ;;
  enterprise | business_plus) ;;
  *) answer=team
    [[ "$plan" != free ]] || answer=free
    finding "$owner is on the plan \`$plan\`: in a private repository the image build fails at the attestation, and the" \
      "environment of production gets no required reviewers, without Enterprise Cloud; change the plan at $billing, or the" \
      "answer with \`scaffold update --set github_plan=$answer\`." ;;
esac

if [[ "$kind" == Organization ]]; then
  switch="$(ask "orgs/$owner/actions/permissions/workflow" .can_approve_pull_request_reviews)"
  where="https://github.com/organizations/$owner/settings/actions, \"Allow GitHub Actions to create and approve pull requests\""
  case "$switch" in
    true) ;;
    false) finding "$owner does not let Actions open pull requests: no promotion to production, no record of a rollback or a drill can" \
        "be proposed; switch it on at $where." ;;
    *) finding "Whether $owner lets Actions open pull requests cannot be read, and promotions fail without it: look at $where, or" \
        "repeat this as an owner." ;;
  esac
fi

# With the header the answer about a team has its rights, and not only a status.
if [[ "$code_owner" == */* && -z "$(ask "orgs/${code_owner/\//\/teams\/}" .slug)" ]]; then
  finding "The team @$code_owner does not exist or is hidden from you, so pull requests cannot get the review that \`main\` requires:" \
      "create it at https://github.com/orgs/${code_owner%%/*}/teams."
elif [[ -n "$visibility" ]]; then
  if [[ "$code_owner" == */* ]]; then
    may="$(ask "orgs/${code_owner/\//\/teams\/}/repos/$repository" .permissions.push \
      --header "Accept: application/vnd.github.v3.repository+json")"
  else
    may="$(ask "repos/$repository/collaborators/$code_owner/permission" '.permission == "admin" or .permission == "write"')"
  fi
  [[ "$may" == true ]] \
    || finding "@$code_owner cannot write to $repository, so GitHub ignores this code owner and no pull request can be merged:" \
        "give the role Write at https://github.com/$repository/settings/access."
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
