#!/usr/bin/env bash
# Tests of scripts/open-pr.sh: gh writes down what it is asked, and answers like GitHub.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export LOG="$sandbox/log" GITHUB_REPOSITORY=acme/shop
stand_in gh <<'TEXT'
echo "gh $*" >> "$LOG"
if [[ -n "${REFUSED-}" && "$*" == *"$REFUSED"* ]]; then exit 1; fi
case " $* " in
  *" --input - "*) cat >> "$LOG"; echo 1111111111111111111111111111111111111111 ;;
  *"/git/ref/heads/"*) [[ -n "${BRANCH_EXISTS-}" ]] ;;
  *" pr list "*) echo "${OPEN_PR-}" ;;
  *"/commits/promote/prod "*) echo "${TIP-}" ;;
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
export BRANCH_EXISTS=yes OPEN_PR="7 false"
expect 0 "" "a second time" scripts/open-pr.sh promote/prod "Title" "$sandbox/body" file
expect 0 "PATCH repos/acme/shop/git/refs/heads/promote/prod" "moves the branch" cat "$LOG"
expect 0 "PATCH repos/acme/shop/pulls/7 --raw-field title=Title --field body=@$sandbox/body" "renews the request" cat "$LOG"
expect 1 "" "without what GITHUB_TOKEN may not read" grep -q "pr edit" "$LOG"
expect 0 "workflow run ci.yml --repo acme/shop --ref promote/prod" "starts the checks again" cat "$LOG"
REFUSED=/pulls/7 expect 1 "" "a text that GitHub does not take" scripts/open-pr.sh promote/prod "Title" "$sandbox/body" file
expect 0 "workflow run ci.yml" "leaves no commit without checks" tail -n 2 "$LOG"
expect 1 "" "opens no second one" grep -q "pr create" "$LOG"
expect 2 "usage" "no paths" scripts/open-pr.sh promote/prod "Title" "$sandbox/body"

: > "$LOG"
export TIP="2222222222222222222222222222222222222222 Tree: 2222222222222222222222222222222222222222"
expect 0 "" "a branch that only we wrote" scripts/open-pr.sh --keep-edits --draft promote/prod "Title" "$sandbox/body" file
expect 0 "PATCH" "is renewed" cat "$LOG"
expect 0 "pr ready 7 --repo acme/shop --undo" "and its request becomes a draft" cat "$LOG"
: > "$LOG"
export OPEN_PR="7 true" TIP="3333333333333333333333333333333333333333 Tree: 2222222222222222222222222222222222222222"
expect 0 "has commits by others" "a branch with commits by others" scripts/open-pr.sh --keep-edits --ready promote/prod "Title" "$sandbox/body" file
expect 1 "" "is left alone" grep -qE "POST|PATCH|workflow" "$LOG"
expect 0 "" "unless edits do not matter" scripts/open-pr.sh --ready promote/prod "Title" "$sandbox/body" file
expect 0 "pr ready 7 --repo acme/shop" "and the draft becomes ready" cat "$LOG"

git add -A && git commit --quiet -m text
mkdir folder
printf '\xff\xfe' > folder/binary
printf 'a\0b' > folder/zero
printf '#!/bin/sh\n' > folder/run && chmod +x folder/run
ln -s run folder/link
git rm --quiet file
: > "$LOG"
expect 0 "" "a folder" scripts/open-pr.sh promote/prod "Title" "$sandbox/body" .
{ echo "{"; sed -n '/"base_tree"/,/^}/p' "$LOG"; } > "$sandbox/tree"
for entry in \
  'file: 100644 null' \
  'folder/binary: 100644 1111111111111111111111111111111111111111' \
  'folder/zero: 100644 1111111111111111111111111111111111111111' \
  'folder/run: 100755 #!/bin/sh' \
  'folder/link: 120000 run'; do
  expect 0 "$entry" "the tree has ${entry%%:*}" jq --raw-output '.tree[] | "\(.path): \(.mode) \(.content // .sha)"' "$sandbox/tree"
done
expect 0 "//4=" "what is not text is stored as it is" cat "$LOG"
finish
