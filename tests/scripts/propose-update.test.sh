#!/usr/bin/env bash
# Tests of scripts/propose-update.sh, with a stand-in for the script that talks to GitHub.
# Only with scripts/propose-update.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

git init --quiet --initial-branch main .
git config user.email test@example.org
git config user.name Test
git config commit.gpgsign false
git add -A && git commit --quiet -m start
cp -R scripts "$sandbox/scripts"
printf '#!/usr/bin/env bash\necho "open-pr $*"\n' > "$sandbox/scripts/open-pr.sh"
propose="$sandbox/scripts/propose-update.sh"

echo text > file
expect 2 "usage" "no result" "$propose" "" body
expect 2 "usage" "an unknown result" "$propose" current body
if grep -q -- --draft "$propose"; then
  expect 0 "open-pr --ready --keep-edits scaffold/update Take over the newer templates body ." "an update" "$propose" updated body
  expect 0 "open-pr --draft --keep-edits scaffold/update" "conflicts" "$propose" conflicts body
else
  expect 0 "open-pr --keep-edits scaffold/update Take over the newer templates body ." "an update" "$propose" updated body
  expect 0 "newer templates: conflicts to resolve first body" "conflicts" "$propose" conflicts body
fi
mkdir -p .github/workflows
echo "on: push" > .github/workflows/new.yml
expect 1 ".github/workflows/new.yml" "a workflow, with the token of the run" "$propose" updated body
expect 0 "open-pr --" "a workflow, with a token for it" env WORKFLOWS_ALLOWED=true "$propose" updated body
finish
