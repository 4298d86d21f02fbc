#!/usr/bin/env bash
# Uploads the result of the drill and prints it as the last line of the log, from
# which it is recorded. Fails when the drill failed, so that the Job fails too.
set -euo pipefail

work="${WORK:-/work}"
result="$work/result.json"

# Text for a JSON string: no quotes, backslashes or control characters.
plain() {
  tr -d '"\\\000-\037' <<< "$1"
}

failed_result() {
  local backup=""
  [ ! -s "$work/backup" ] || backup="$(cat "$work/backup")"
  printf '{"status":"failed","ok":false,"environment":"%s","backup":"%s","finished_at":"%s","error":"%s"}\n' \
    "$(plain "${ENVIRONMENT:-}")" "$(plain "$backup")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(plain "$1")" > "$result"
}

umask 077
if [ -s "$work/error" ]; then
  failed_result "$(cat "$work/error")"
elif [ ! -s "$result" ]; then
  failed_result "the drill left no result"
fi

key="drills/$(date -u +%Y%m%dT%H%M%SZ).json"
if aws s3api put-object --bucket "$BUCKET" --region "$BUCKET_REGION" --key "$key" --body "$result" \
  --content-type application/json --checksum-algorithm SHA256 > /dev/null; then
  echo "report: s3://$BUCKET/$key"
else
  cause="$(sed -n 's/.*"error":"\([^"]*\)".*/\1/p' "$result")"
  failed_result "${cause:+$cause; }the result could not be uploaded"
fi

cat "$result"
grep -q '"ok":true' "$result"
