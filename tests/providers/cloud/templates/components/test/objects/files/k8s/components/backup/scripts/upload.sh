#!/usr/bin/env bash
# Uploads the archive, its checksum and, last, the manifest: a backup without manifest does not exist.
set -euo pipefail

work="${WORK:-/work}"
backup="$(sed -n 's/^  "backup": "\([0-9TZ]*\)",$/\1/p' "$work/manifest.json")"
for file in dump.archive.gz dump.archive.gz.sha256 manifest.json; do
  aws s3 cp --only-show-errors --endpoint-url "https://$BUCKET_REGION.objects.testcloud.example" \
    "$work/$file" "s3://$BUCKET/mongodb/$backup/$file"
done
echo "upload: s3://$BUCKET/mongodb/$backup is complete"
