#!/usr/bin/env bash
# The backup job, step by step, and what every step does when it fails.
# Only with k8s/components/backup/scripts/manifest.js
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

export SCRIPTS="$root/k8s/components/backup/scripts"
dump() { bash "$SCRIPTS/dump.sh"; }
verify() { bash "$SCRIPTS/verify.sh"; }
upload() { bash "$SCRIPTS/upload.sh"; }
prepared() {
  dump > /dev/null && verify > /dev/null
}
# A command in the folder of the backup.
beside() {
  (cd "$STAND_IN"/s3/mongodb/*/ && "$@")
}
manifests() {
  find "$STAND_IN/s3" -name manifest.json 2> /dev/null | wc -l
}

# --- everything works
world
run 0 dump
run 0 verify
run 0 upload
says "is complete"
holds "the archive arrived whole" cmp "$WORK/dump.archive.gz" "$STAND_IN"/s3/mongodb/*/dump.archive.gz
holds "checksum beside it" beside sha256sum --check --quiet dump.archive.gz.sha256
manifest="$(echo "$STAND_IN"/s3/mongodb/*/manifest.json)"
holds "the manifest names the backup by its folder" test "$(jq -r .backup "$manifest")" = "$(basename "$(dirname "$manifest")")"
holds "the manifest counts" test "$(jq -c '[.documents, .collections["shop.orders"].documents, .collections["shop.orders"].moving]' "$manifest")" = '[520,500,false]'
holds "the recovery point of a dump without oplog is its start" test "$(jq -r .recovery_point "$manifest")" = "$(jq -r .started_at "$manifest")"
holds "the manifest comes last" test "$(grep 'aws s3api put-object' "$STAND_IN/calls" | tail -n 1 | grep -c manifest.json)" = 1
never "the connection string is on no command line" grep -q "it's" "$STAND_IN/calls"
holds "a quote in the password survives" grep -q "^uri: 'mongodb://dump:it''s@db.example/?tls=true'$" "$STAND_IN/mongodump.yaml"
never "no oplog is asked for" called "mongodump .*--oplog"
holds "the trial run stays in the pod" called "mongorestore --host=127.0.0.1 --port=27018 .*--dryRun"
holds "the scratch server is gone" gone "$(cat "$STAND_IN/mongod.pid")"

# --- with oplog
world
USE_OPLOG=true
run 0 dump
run 0 verify
holds "the oplog is dumped" called "mongodump .*--oplog"
holds "an archive without oplog would be refused" called "mongorestore .*--dryRun --oplogReplay"
holds "the recovery point is the end" test "$(jq -r .recovery_point "$WORK/manifest.json")" = "$(jq -r .finished_at "$WORK/manifest.json")"

# --- the source is written to during the dump
world
jq '."shop.orders".documents = 510 | del(."shop.people")' "$STAND_IN/source.json" > "$STAND_IN/source-after.json"
run 0 dump
run 0 verify
holds "a moving collection is marked" test "$(jq -c '.collections["shop.orders"] | [.documents, .moving]' "$WORK/manifest.json")" = '[500,true]'
holds "a dropped collection is not promised" test "$(jq '.collections | has("shop.people")' "$WORK/manifest.json")" = false

if [ -f "$SCRIPTS/credentials.sh" ]; then
  credentials() { bash "$SCRIPTS/credentials.sh"; }
  world
  run 0 credentials
  silent_about "not/a+secret"
  run 0 dump
  holds "the tools get the credentials" grep -q '^AWS_SESSION_TOKEN=token/with+signs==$' "$STAND_IN/mongodump.env"
  holds "nobody else can read them" find "$CREDENTIALS" -name aws.env -perm /077 -exec false {} +
  world
  FAIL=aws:export-credentials run 1 credentials
  says "Pod Identity"
  world
  FAIL=no-token run 1 credentials
  says "AWS_SESSION_TOKEN is missing"
  world
  DUMP_SECONDS=7200
  run 0 credentials
  says "warning"
fi

# --- the dump fails
world
: > "$URI_FILE"
run 64 dump
says "missing or empty"
world
USE_OPLOG=maybe
run 64 dump
for word in mongosh:inventory.js mongodump mongodump:empty; do
  world
  FAIL="$word"
  run 1 dump
done
says "the archive is empty"

# --- the test of the archive fails
world
run 1 verify
says "no archive"
for word in mongodump:damaged mongod mongorestore mongosh:manifest.js; do
  world
  FAIL="$word"
  run 0 dump
  run 1 verify
  never "a bad archive gets no manifest ($word)" test -s "$WORK/manifest.json"
done
world
run 0 dump
unset ENVIRONMENT
run 1 verify
says "environment is missing"

# --- the upload fails, and leaves no manifest: the backup does not count
for word in aws:list-objects-v2 aws:put-object:dump.archive.gz aws:put-object:dump.archive.gz.sha256 aws:put-object:manifest.json \
  remote-checksum remote-size remote-etag; do
  world
  prepared
  FAIL="$word"
  run 1 upload
  holds "no manifest after $word" test "$(manifests)" = 0
done
for missing in dump.archive.gz dump.archive.gz.sha256 manifest.json; do
  world
  prepared
  : > "$WORK/$missing"
  run 1 upload
  says "$missing is missing or empty"
done
world
prepared
echo x >> "$WORK/dump.archive.gz"
run 1 upload
says "changed after it was verified"
for setting in BUCKET BUCKET_REGION MIN_SIZE_PERCENT; do
  world
  prepared
  unset "$setting"
  run 64 upload
  says "$setting is not set"
done

# --- nothing is overwritten
world
prepared
run 0 upload
run 1 upload
says "was not accepted"

# --- a dump that shrank
world
prepared
size="$(stat -c %s "$WORK/dump.archive.gz")"
mkdir -p "$STAND_IN/s3/mongodb/20200101T000000Z" "$STAND_IN/s3/mongodb/20200102T000000Z"
truncate -s $((size * 2 + 1)) "$STAND_IN/s3/mongodb/20200101T000000Z/dump.archive.gz"
echo '{}' > "$STAND_IN/s3/mongodb/20200101T000000Z/manifest.json"
# Newer, but without manifest: not a backup to compare with.
truncate -s 1 "$STAND_IN/s3/mongodb/20200102T000000Z/dump.archive.gz"
run 65 upload
says "less than 50 %"
holds "nothing was uploaded" test "$(manifests)" = 1
ACCEPT_SHRINK=true run 0 upload
says "accepted"
world
prepared
mkdir -p "$STAND_IN/s3/mongodb/20200101T000000Z"
truncate -s $((size * 2)) "$STAND_IN/s3/mongodb/20200101T000000Z/dump.archive.gz"
echo '{}' > "$STAND_IN/s3/mongodb/20200101T000000Z/manifest.json"
run 0 upload

# --- large archives go in parts
world
prepared
export PART_BYTES=50
run 0 upload
holds "parts are joined" cmp "$WORK/dump.archive.gz" "$STAND_IN"/s3/mongodb/*/dump.archive.gz
holds "they were parts" called "upload-part .*--part-number 2 "
for word in aws:create-multipart-upload aws:upload-part aws:complete-multipart-upload remote-checksum remote-size; do
  world
  prepared
  export PART_BYTES=50
  FAIL="$word"
  run 1 upload
  holds "no manifest after $word in parts" test "$(manifests)" = 0
done
world
prepared
export PART_BYTES=50
FAIL=aws:upload-part
run 1 upload
holds "parts of a failed upload are removed" called abort-multipart-upload

finish
