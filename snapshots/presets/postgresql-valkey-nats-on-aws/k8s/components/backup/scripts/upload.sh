#!/usr/bin/env bash
# Uploads the archive, its checksum and, last, the manifest: a backup without manifest does not exist
# for the drill or for a restore. The writer may put and list, but neither read nor delete: what
# arrived is proven by the checksums S3 computes itself and by listing the objects again.
# Exit status 64: wrong configuration; 65: the dump is suspiciously small. A retry helps neither.
set -euo pipefail

work="${WORK:-/work}"
prefix="postgresql"
part_bytes="${PART_BYTES:-1073741824}"

fail() {
  echo "upload: $1" >&2
  exit "${2:-1}"
}

for setting in BUCKET BUCKET_REGION MIN_SIZE_PERCENT; do
  [ -n "${!setting:-}" ] || fail "$setting is not set" 64
done
for file in dump.tar dump.tar.sha256 manifest.json; do
  [ -s "$work/$file" ] || fail "$file is missing or empty"
done

s3api() {
  aws s3api "$@" --bucket "$BUCKET" --region "$BUCKET_REGION"
}

# SHA-256 as S3 writes it: base64 of the 32 bytes.
sha256_base64() {
  local hex
  hex="$(sha256sum "$1" | cut -d ' ' -f 1)"
  # shellcheck disable=SC2001 # a pattern with & has no equivalent in parameter expansion of older bash
  printf '%b' "$(sed 's/../\\x&/g' <<< "$hex")" | base64 -w 0
}

# "key<TAB>size" of every object below the prefix
list_all() {
  s3api list-objects-v2 --prefix "$prefix/" --query 'Contents[].[Key,Size]' --output text
}

# The size of the newest archive that has a manifest beside it; nothing when there is none yet.
last_size() {
  local key size newest="" listing
  local -A archives=()
  listing="$(list_all)" || return 1
  while IFS=$'\t' read -r key size; do
    case "$key" in
      */dump.tar) archives["${key%/*}"]="$size" ;;
      */manifest.json) [[ "${key%/*}" > "$newest" ]] && newest="${key%/*}" ;;
    esac
  done <<< "$listing"
  [ -z "$newest" ] || echo "${archives[$newest]:-}"
}

put_small() {
  local file="$1" key="$2" sum answer
  sum="$(sha256_base64 "$file")"
  answer="$(s3api put-object --key "$key" --body "$file" --checksum-algorithm SHA256 --checksum-sha256 "$sum" \
    --if-none-match '*' --query '[ETag,ChecksumSHA256]' --output text)" || fail "$key was not accepted"
  IFS=$'\t' read -r etag remote_sum <<< "$answer"
  [ "$remote_sum" = "$sum" ] || fail "$key: S3 computed checksum $remote_sum, expected $sum"
}

put_parts() {
  local file="$1" key="$2" upload_id part="$work/part" number=0 offset=0 total sum sums="$work/part-sums"
  local list="" answer expected
  total="$(stat -c %s "$file")"
  : > "$sums"
  upload_id="$(s3api create-multipart-upload --key "$key" --checksum-algorithm SHA256 --query UploadId --output text)" ||
    fail "$key: the upload could not be started"
  # shellcheck disable=SC2064 # the values of now
  trap "aws s3api abort-multipart-upload --bucket '$BUCKET' --region '$BUCKET_REGION' --key '$key' --upload-id '$upload_id' || true" EXIT
  while [ "$offset" -lt "$total" ]; do
    number=$((number + 1))
    dd if="$file" of="$part" bs=4M iflag=skip_bytes,count_bytes skip="$offset" count="$part_bytes" status=none
    sum="$(sha256_base64 "$part")"
    etag="$(s3api upload-part --key "$key" --upload-id "$upload_id" --part-number "$number" --body "$part" \
      --checksum-algorithm SHA256 --checksum-sha256 "$sum" --query ETag --output text)" || fail "$key: part $number was not accepted"
    base64 -d <<< "$sum" >> "$sums"
    list="$list${list:+,}{\"PartNumber\":$number,\"ETag\":\"${etag//\"/\\\"}\",\"ChecksumSHA256\":\"$sum\"}"
    offset=$((offset + part_bytes))
  done
  rm -f "$part"
  printf '{"Parts":[%s]}' "$list" > "$work/parts.json"
  answer="$(s3api complete-multipart-upload --key "$key" --upload-id "$upload_id" --if-none-match '*' \
    --multipart-upload "file://$work/parts.json" --query '[ETag,ChecksumSHA256]' --output text)" ||
    fail "$key: the parts were not joined"
  trap - EXIT
  IFS=$'\t' read -r etag remote_sum <<< "$answer"
  # S3 gives the checksum of the parts' checksums, and how many parts there are.
  expected="$(sha256_base64 "$sums")"
  case "$remote_sum" in
    "$expected" | "$expected-$number") ;;
    *) fail "$key: S3 computed checksum $remote_sum, expected $expected-$number" ;;
  esac
}

put() {
  local file="$1" key="$2" size answer remote_size remote_etag
  size="$(stat -c %s "$file")"
  if [ "$size" -gt "$part_bytes" ]; then put_parts "$file" "$key"; else put_small "$file" "$key"; fi
  answer="$(s3api list-objects-v2 --prefix "$key" --query "Contents[?Key=='$key'].[Size,ETag]" --output text)" ||
    fail "$key could not be listed"
  IFS=$'\t' read -r remote_size remote_etag <<< "$answer"
  [ "$remote_size" = "$size" ] || fail "$key has ${remote_size:-no} bytes in the bucket, $size here"
  [ "$remote_etag" = "$etag" ] || fail "$key: the bucket lists another object ($remote_etag) than was uploaded ($etag)"
  echo "upload: $key $size bytes, SHA-256 $remote_sum"
}

etag=""
remote_sum=""
size="$(stat -c %s "$work/dump.tar")"
last="$(last_size)" || fail "the bucket could not be listed"
if [ -n "$last" ] && [ $((size * 100)) -lt $((last * MIN_SIZE_PERCENT)) ]; then
  if [ "${ACCEPT_SHRINK:-false}" = true ]; then
    echo "upload: accepted: $size bytes after $last bytes"
  else
    fail "$size bytes are less than $MIN_SIZE_PERCENT % of the last backup ($last bytes); see the runbook BackupJobFailed" 65
  fi
fi

(cd "$work" && sha256sum --check --quiet dump.tar.sha256) || fail "the archive changed after it was verified"
backup="$(sed -n 's/^  "backup": "\([0-9TZ]*\)",$/\1/p' "$work/manifest.json")"
[ -n "$backup" ] || fail "the manifest does not name its backup"

put "$work/dump.tar" "$prefix/$backup/dump.tar"
put "$work/dump.tar.sha256" "$prefix/$backup/dump.tar.sha256"
put "$work/manifest.json" "$prefix/$backup/manifest.json"
echo "upload: s3://$BUCKET/$prefix/$backup is complete"
