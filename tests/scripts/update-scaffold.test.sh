#!/usr/bin/env bash
# Tests of scripts/update-scaffold.sh: scripts/scaffold.sh writes down what it is asked, and answers as told.
# Only with scripts/update-scaffold.sh
# shellcheck disable=SC2016 # what is in single quotes must arrive as it is
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export LOG="$sandbox/log" BODY="$sandbox/body"
cat > scripts/scaffold.sh <<'TEXT'
#!/usr/bin/env bash
echo "$*" >> "$LOG"
echo "output of $1" >&2
case "$*" in
  "status --exit-code"*) exit "$STATUS" ;;
  "update --dry-run"*) exit 1 ;;
  "update --yes"*) exit "$UPDATE" ;;
esac
TEXT
git init --quiet --initial-branch main .
if grep -q SCAFFOLD_SHA256 scripts/update-scaffold.sh; then
  sha256="$(printf 'b%.0s' {1..64})"
  newer=(env SCAFFOLD_VERSION=1.1.0 SCAFFOLD_SHA256="$sha256")
  set_newer="--set update_version=1.1.0 --set update_sha256=$sha256"
else
  image="registry.example.com/scaffold@sha256:$(printf 'b%.0s' {1..64})"
  newer=(env SCAFFOLD_IMAGE="$image")
  set_newer="--set update_image=$image"
fi

update() {
  : > "$LOG"
  STATUS="$1" UPDATE="$2" "${@:3}" scripts/update-scaffold.sh "$BODY"
}

expect 0 "current" "nothing to do" update 0 0 env
expect 1 "" "and nothing is updated" grep -q update "$LOG"
expect 0 "updated" "newer templates" update 1 0 env
expect 0 "update --yes" "are merged" cat "$LOG"
expect 0 "output of update" "the plan is the text" cat "$BODY"
expect 1 "" "nobody has to decide" grep -q "must decide" "$BODY"
expect 0 "updated" "a newer version" update 1 0 "${newer[@]}"
expect 0 "status --exit-code $set_newer" "is asked what it would change" cat "$LOG"
expect 0 "update --yes $set_newer" "and recorded" cat "$LOG"

mkdir .scaffold
printf '<<<<<<< yours\n' > conflicting
printf '<<<<<<< yours\n' > .scaffold/base
: > logo.png.scaffold-new
expect 0 "conflicts" "conflicts" update 1 1 env
expect 0 '- `conflicting`' "the text names the file with markers" cat "$BODY"
expect 0 '- `logo.png.scaffold-new`' "and the file beside the old one" cat "$BODY"
expect 1 "" "not what is recorded" grep -qF '.scaffold/base' "$BODY"
expect 2 "nothing is proposed" "an update that fails" update 1 2 env
expect 2 "nothing is proposed" "a program that cannot run" update 127 0 env
finish
