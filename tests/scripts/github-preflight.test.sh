#!/usr/bin/env bash
# Tests of scripts/github-preflight.sh: a sentence for each thing that GitHub lacks. What GitHub answers is a file per path.
# Only with scripts/github-preflight.sh
# Also on core/updates/free-plan
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

repository="$(sed -n 's/^repository="\(.*\)"$/\1/p' scripts/github-preflight.sh)"
organization="${repository%%/*}"
team="$(sed -n 's/^code_owner="[^/]*\/\([^"]*\)".*/\1/p' scripts/github-preflight.sh)"
export ANSWERS="$sandbox/answers"
stand_in gh <<'TEXT'
[[ "$1 $2" != "auth status" ]] || exit "${SIGNED_OUT:-0}"
[[ "$1" == api ]] || exit 2
shift
for arg in "$@"; do
  if [[ "$arg" == --method || "$arg" == -X ]]; then echo "a preflight only reads" >&2; exit 2; fi
done
while [[ "$1" == --* ]]; do shift 2; done
if [[ ! -f "$ANSWERS/${1//\//_}" ]]; then
  echo '{"message":"Not Found"}'
  exit 1
fi
jq -r "$3" "$ANSWERS/${1//\//_}"
TEXT

answer() { echo "$2" > "$ANSWERS/${1//\//_}"; }
# An owner whose plan has everything, before the repository exists.
good() {
  rm -rf "$ANSWERS"
  mkdir "$ANSWERS"
  answer "users/$organization" '{"type": "Organization"}'
  answer "orgs/$organization" '{"plan": {"name": "enterprise"}}'
  answer "orgs/$organization/actions/permissions/workflow" '{"can_approve_pull_request_reviews": true}'
  answer "orgs/$organization/teams/$team" "{\"slug\": \"$team\"}"
}
made() {
  answer "repos/$repository" '{"visibility": "private", "default_branch": "main"}'
  answer "orgs/$organization/teams/$team/repos/$repository" '{"permissions": {"push": true}}'
}

good
expect 0 "ask again when $repository exists" "before the repository is made" scripts/github-preflight.sh
made
expect 0 "$repository has what it needs" "afterwards" scripts/github-preflight.sh
answer "repos/$repository" '{"visibility": "private", "default_branch": "master"}'
expect 1 "The default branch of $repository is \`master\`" "another default branch" scripts/github-preflight.sh
made
SIGNED_OUT=1 expect 1 "gh auth login" "gh is not signed in" scripts/github-preflight.sh

# A private repository of the Free plan asks for neither a plan nor a code owner that GitHub would read.
if grep -q "github_plan=public" scripts/github-preflight.sh; then
  answer "orgs/$organization" '{"plan": {"name": "free"}}'
  rm -f "$ANSWERS/orgs_${organization}_teams_"*
  expect 0 "$repository has what it needs" "the Free plan" scripts/github-preflight.sh
  answer "repos/$repository" '{"visibility": "public"}'
  expect 1 "scaffold update --set github_plan=public" "a public repository has more" scripts/github-preflight.sh
  made
  answer "orgs/$organization/actions/permissions/workflow" '{"can_approve_pull_request_reviews": false}'
  expect 1 "does not let Actions open pull requests" "the switch of the organization is off" scripts/github-preflight.sh
  finish
  exit
fi

answer "orgs/$organization" '{"plan": {"name": "free"}}'
expect 1 "$organization is on the plan \`free\`" "a plan with too little" scripts/github-preflight.sh
expect 1 "settings/billing" "and where it is changed" scripts/github-preflight.sh
expect 1 "github_plan=free" "or answered" scripts/github-preflight.sh
answer "orgs/$organization" '{"login": "hidden"}'
expect 1 "cannot be read" "a plan that is not shown" scripts/github-preflight.sh
answer "orgs/$organization" '{"plan": {"name": "team"}}'
if grep -q "attestation, and" scripts/github-preflight.sh; then
  expect 1 "fails at the attestation" "the Team plan with attestations" scripts/github-preflight.sh
else
  expect 0 "has what it needs" "the Team plan without attestations" scripts/github-preflight.sh
fi

good
answer "orgs/$organization/actions/permissions/workflow" '{"can_approve_pull_request_reviews": false}'
expect 1 "does not let Actions open pull requests" "the switch of the organization is off" scripts/github-preflight.sh
rm "$ANSWERS/orgs_${organization}_actions_permissions_workflow"
expect 1 "lets Actions open pull requests cannot be read" "the switch is not shown" scripts/github-preflight.sh

good
rm "$ANSWERS/orgs_${organization}_teams_$team"
expect 1 "@$organization/$team does not exist" "no such team" scripts/github-preflight.sh
good
made
answer "orgs/$organization/teams/$team/repos/$repository" '{"permissions": {"push": false}}'
expect 1 "@$organization/$team cannot write to $repository" "a team that only reads" scripts/github-preflight.sh
rm "$ANSWERS/orgs_${organization}_teams_${team}_repos_${repository/\//_}"
expect 1 "cannot write" "a team without access" scripts/github-preflight.sh
good
made
sed -i.bak 's/^code_owner="[^"]*"/code_owner="jane"/' scripts/github-preflight.sh
expect 1 "@jane cannot write" "a person without access" scripts/github-preflight.sh
answer "repos/$repository/collaborators/jane/permission" '{"permission": "write"}'
expect 0 "has what it needs" "a person who writes" scripts/github-preflight.sh
finish
