#!/usr/bin/env bash
# Tests of scripts/remind-pitr-drill.sh: gh keeps the issues in a file.
# shellcheck disable=SC2016 # expanded by the stand-in
# Only with scripts/remind-pitr-drill.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export ISSUES="$sandbox/issues"
stand_in gh <<'TEXT'
case "$1 $2" in
  "issue list") jq "${@: -1}" "$ISSUES" ;;
  "issue create") jq --arg title "$4" --arg body "$6" '. + [{title: $title, body: $body}]' "$ISSUES" > "$ISSUES.new"; mv "$ISSUES.new" "$ISSUES" ;;
  *) exit 2 ;;
esac
TEXT
mkdir docs
row() { echo "| $(date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ) | staging | $2 | $3 | - | 50m 1s | by hand |" >> docs/restore-log.md; }
fresh() {
  cp "$repository/docs/restore-log.md" docs/
  echo '[{"title": "another"}]' > "$ISSUES"
}
issues() { expect 0 "$1" "$2" jq length "$ISSUES"; }

fresh
expect 0 "" "never drilled" scripts/remind-pitr-drill.sh
issues 2 "one issue is opened"
expect 0 "Last good row in docs/restore-log.md: none" "and says since when" cat "$ISSUES"
expect 0 "the issue is open" "a second time" scripts/remind-pitr-drill.sh
issues 2 "not twice"

fresh
row "-10 days" "point in time 2026-11-20T10:15:02Z" ok
expect 0 "the last drill" "drilled lately" scripts/remind-pitr-drill.sh
issues 1 "no issue"

fresh
row "-190 days" "point in time 2026-05-20T10:15:02Z" ok
row "-5 days" "point in time 2026-11-20T10:15:02Z" "**failed**: the restore did not finish"
row "-1 days" "20261127T021700Z" ok
expect 0 "" "an old one, a failed one and another drill" scripts/remind-pitr-drill.sh
issues 2 "one issue is opened"

fresh
echo "| $(date -u +%Y-%m-%d) | staging | point in time 2026-11-20 10:15 | ok | - | 1h | Jo |" >> docs/restore-log.md
expect 0 "the last drill" "a row of a person" scripts/remind-pitr-drill.sh
fresh
echo "| $(date -u +%Y-%m-%d) 10:15 | staging | \`Point in time 2026-11-20T10:15:00Z\` | OK | - | 1h | Jo |" >> docs/restore-log.md
expect 0 "the last drill" "with backticks, capitals and a time" scripts/remind-pitr-drill.sh

stand_in gh <<< 'exit 1'
fresh
expect 1 "" "GitHub does not answer" scripts/remind-pitr-drill.sh
finish
