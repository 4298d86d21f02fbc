#!/usr/bin/env bash
# Adds a restore drill to the log. The result, one line of JSON as the drill prints it, comes on standard input.
#
#   scripts/record-drill.sh docs/restore-log.md < result.json
#
# Running it twice with the same result adds one row.
set -euo pipefail

fail() {
  echo "record-drill: $1" >&2
  exit 1
}

[ $# = 1 ] || { echo "usage: scripts/record-drill.sh LOG < RESULT" >&2; exit 2; }
log="$1"
[ -f "$log" ] || fail "$log does not exist"
grep -q '^| Date (UTC) |' "$log" || fail "$log has no table of restores"

who="by hand"
if [ -n "${GITHUB_RUN_ID:-}" ]; then
  who="[run $GITHUB_RUN_ID]($GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID)"
fi

# Escapes the result so that it stays inside its cell of the table.
row="$(jq --raw-output --exit-status --arg who "$who" '
  def cell: tostring | gsub("[\\n\\r|`<>\\[\\]]"; " ");
  def span: if type != "number" then "-"
    elif . >= 3600 then "\(. / 3600 | floor)h \(. % 3600 / 60 | floor)m"
    elif . >= 60 then "\(. / 60 | floor)m \(. % 60)s"
    else "\(.)s" end;
  if (.ok | type) != "boolean" or (.finished_at | type) != "string" or (.environment | type) != "string" then
    error("this is no result of a drill")
  else
    "| \(.finished_at | cell) | \(.environment | cell) | \(.backup // "-" | cell) | "
    + (if .ok then "ok" else "**failed**: \(.error // "no reason given" | cell)" end)
    + " | \(.rpo_seconds | span) | \(.rto_seconds | span) | \($who) |"
  end')" || fail "the input is no result of a drill"

[ -n "$row" ] || fail "the input is empty"
if grep -qxF -- "$row" "$log"; then
  echo "record-drill: already recorded"
  exit 0
fi
# The file may have lost its last line break in an editor.
[ -z "$(tail -c 1 "$log")" ] || echo >> "$log"
echo "$row" >> "$log"
echo "record-drill: $row"
