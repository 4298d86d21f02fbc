#!/usr/bin/env bash
# Opens an issue when docs/restore-log.md has no good point-in-time recovery of the last half year: that drill is done by people.
# One issue at a time. The workflow "Restore drill" calls it, with gh signed in.
set -euo pipefail
cd "$(dirname "$0")/.."

title="Drill the point-in-time recovery"
since="$(jq --null-input --raw-output 'now - 183 * 86400 | todate')"
# People write these rows: with backticks, capital letters or a time of day.
last="$(sed -nE 's/^\| *([0-9]{4}-[0-9]{2}-[0-9]{2})[^|]*\|[^|]*\| *`?[Pp]oint in time [^|]*\| *[Oo][Kk] *\|.*/\1/p' docs/restore-log.md | LC_ALL=C sort | tail -n 1)"
if [[ "$last" > "$since" ]]; then
  echo "the last drill of a point-in-time recovery was on $last"
  exit 0
fi

open="$(gh issue list --state open --limit 1000 --json title --jq "map(select(.title == \"$title\")) | length")"
if [[ "$open" -gt 0 ]]; then
  echo "the drill is due, and the issue is open"
  exit 0
fi
gh issue create --title "$title" --body "Last good row in docs/restore-log.md: ${last:-none}. It is due every half year, because no workflow may hold an account that can restore the database.

One command, about an hour: \`scripts/rds-recovery.sh drill staging\`. docs/restore-drill.md says what it does.
Close this issue with the pull request that adds the row."
