#!/usr/bin/env bash
# Fetches the newest complete backup. A failure is written to $WORK/error, which the last container reports.
set -euo pipefail

work="${WORK:-/work}"
endpoint="https://$BUCKET_REGION.objects.testcloud.example"

rm -rf "${work:?}"/*
date -u +%Y-%m-%dT%H:%M:%SZ > "$work/drill_started_at"
manifest="$(aws s3api list-objects-v2 --endpoint-url "$endpoint" --bucket "$BUCKET" --prefix mongodb/ \
  --query 'Contents[].[Key]' --output text | grep '/manifest.json$' | sort | tail -n 1)" || manifest=""
if [ -z "$manifest" ]; then
  echo "there is no complete backup" > "$work/error"
  exit 0
fi
basename "${manifest%/*}" > "$work/backup"
for file in manifest.json dump.archive.gz.sha256 dump.archive.gz; do
  aws s3 cp --only-show-errors --endpoint-url "$endpoint" "s3://$BUCKET/${manifest%/*}/$file" "$work/$file" ||
    echo "$file could not be fetched" > "$work/error"
done
