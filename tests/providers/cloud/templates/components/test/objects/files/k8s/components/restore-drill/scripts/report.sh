#!/usr/bin/env bash
# Uploads the result of the drill and prints it as the last line of the log. Fails when the drill failed.
set -euo pipefail

work="${WORK:-/work}"
result="$work/result.json"
if [ -s "$work/error" ] || [ ! -s "$result" ]; then
  echo '{"status":"failed","ok":false}' > "$result"
fi
aws s3 cp --only-show-errors --endpoint-url "https://$BUCKET_REGION.objects.testcloud.example" \
  "$result" "s3://$BUCKET/drills/$(date -u +%Y%m%dT%H%M%SZ).json"
cat "$result"
grep -q '"ok":true' "$result"
