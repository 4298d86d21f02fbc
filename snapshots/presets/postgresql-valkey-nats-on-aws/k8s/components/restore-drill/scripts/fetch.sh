#!/usr/bin/env bash
# Fetches the newest complete backup from the bucket, never a local copy, and checks it.
# A failure is written to $WORK/error: the last container reports it and fails the drill.
set -euo pipefail

work="${WORK:-/work}"
prefix="postgresql"

give_up() {
  echo "fetch: $1" >&2
  echo "$1" > "$work/error"
  exit 0
}

umask 077
for setting in BUCKET BUCKET_REGION; do
  if [ -z "${!setting:-}" ]; then
    echo "fetch: $setting is not set" >&2
    exit 64
  fi
done
rm -rf "${work:?}"/*
date -u +%Y-%m-%dT%H:%M:%SZ > "$work/drill_started_at"

s3api() {
  aws s3api "$@" --bucket "$BUCKET" --region "$BUCKET_REGION"
}

listing="$(s3api list-objects-v2 --prefix "$prefix/" --query 'Contents[].[Key,Size]' --output text)" ||
  give_up "the bucket could not be listed"
backup="" bytes=""
declare -A archives=()
while IFS=$'\t' read -r key size; do
  case "$key" in
    "$prefix"/*/dump.tar) archives["$(basename "${key%/*}")"]="$size" ;;
    "$prefix"/*/manifest.json)
      name="$(basename "${key%/*}")"
      [[ "$name" > "$backup" ]] && backup="$name"
      ;;
  esac
done <<< "$listing"
[ -n "$backup" ] || give_up "there is no complete backup below s3://$BUCKET/$prefix/"
bytes="${archives[$backup]:-}"
echo "$backup" > "$work/backup"
[ -n "$bytes" ] || give_up "backup $backup has a manifest but no archive"

for file in manifest.json dump.tar.sha256 dump.tar; do
  aws s3 cp --only-show-errors --region "$BUCKET_REGION" "s3://$BUCKET/$prefix/$backup/$file" "$work/$file" ||
    give_up "$file of backup $backup could not be fetched"
done
[ "$(stat -c %s "$work/dump.tar")" = "$bytes" ] || give_up "the archive of $backup arrived incomplete"
(cd "$work" && sha256sum --check --quiet dump.tar.sha256) || give_up "the archive of $backup does not match its checksum"
sum="$(cut -d ' ' -f 1 "$work/dump.tar.sha256")"
grep -q "\"sha256\": \"$sum\"" "$work/manifest.json" || give_up "manifest and checksum of $backup do not belong together"
grep -q "\"bytes\": $bytes," "$work/manifest.json" || give_up "manifest of $backup names another size"
echo "fetch: $backup, $bytes bytes, checksum matches"
