#!/usr/bin/env bash
# Tests of scripts/open-pr.sh: gh writes down what it is asked, and answers like GitHub.
# shellcheck source=tests/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

export LOG="$sandbox/log" GITHUB_REPOSITORY=acme/shop
stand_in gh <<'TEXT'
echo "gh $*" >> "$LOG"
case " $* " in
  *" --input - "*) cat >> "$LOG"; echo 1111111111111111111111111111111111111111 ;;
  *"/git/ref/heads/"*) [[ -n "${BRANCH_EXISTS-}" ]] ;;
  *" pr list "*) echo "${OPEN_PR-}" ;;
esac
TEXT
git init --quiet --initial-branch main .
git config user.email test@example.org
git config user.name Test
git config commit.gpgsign false
echo old > file
git add -A && git commit --quiet -m start
echo "text of the request" > "$sandbox/body"

: > "$LOG"
expect 0 "no pull request is needed" "nothing changed" scripts/open-pr.sh promote/prod "Title" "$sandbox/body" file
expect 1 "" "and GitHub is not asked" grep -q gh "$LOG"

printf 'new "text"\n' > file
expect 0 "" "a first time" scripts/open-pr.sh promote/prod "Title" "$sandbox/body" file
expect 0 "--raw-field ref=refs/heads/promote/prod" "makes the branch" cat "$LOG"
expect 0 "pr create --repo acme/shop --head promote/prod --base main" "opens the request" cat "$LOG"
expect 0 "workflow run ci.yml --repo acme/shop --ref promote/prod" "starts the checks" cat "$LOG"
expect 0 'new \"text\"' "sends the content" cat "$LOG"
expect 0 "$(git rev-parse HEAD)" "on top of the commit that was tested" cat "$LOG"

: > "$LOG"
export BRANCH_EXISTS=yes OPEN_PR=7
expect 0 "" "a second time" scripts/open-pr.sh promote/prod "Title" "$sandbox/body" file
expect 0 "PATCH repos/acme/shop/git/refs/heads/promote/prod" "moves the branch" cat "$LOG"
expect 0 "pr edit 7" "renews the request" cat "$LOG"
expect 1 "" "opens no second one" grep -q "pr create" "$LOG"
expect 2 "usage" "no paths" scripts/open-pr.sh promote/prod "Title" "$sandbox/body"
finish
