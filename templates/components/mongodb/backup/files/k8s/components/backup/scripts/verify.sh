#!/usr/bin/env bash
# Tests the archive before it counts as a backup: the compressed stream is whole, mongorestore accepts
# its table of contents, and its checksum and manifest are written. The trial run uses an empty mongod
# inside this pod: mongorestore is never pointed at the database that was dumped. That every document
# comes back is what the restore drill proves.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
archive="$work/dump.archive.gz"
scratch="$work/scratch"
port=27018

fail() {
  echo "verify: $1" >&2
  exit 1
}

stop_scratch() {
  if [ -s "$scratch/mongod.pid" ]; then
    kill "$(cat "$scratch/mongod.pid")" 2> /dev/null || true
  fi
}
trap stop_scratch EXIT

umask 077
[ -s "$archive" ] || fail "there is no archive, or it is empty"
gzip -t "$archive" || fail "the compressed stream is damaged"

(cd "$work" && sha256sum dump.archive.gz > dump.archive.gz.sha256)

rm -rf "$scratch"
mkdir -p "$scratch/data"
mongod --dbpath "$scratch/data" --bind_ip 127.0.0.1 --port "$port" --unixSocketPrefix "$scratch" \
  --wiredTigerCacheSizeGB 0.25 --fork --logpath "$scratch/mongod.log" --pidfilepath "$scratch/mongod.pid" \
  > /dev/null || fail "the scratch mongod did not start"

trial=(--host=127.0.0.1 --port="$port" --archive="$archive" --gzip --dryRun)
# Refuses an archive in which the oplog is missing.
[ "${USE_OPLOG:-false}" = false ] || trial+=(--oplogReplay)
mongorestore "${trial[@]}" || fail "mongorestore does not accept the archive"

OUT="$work/manifest.json" \
  BACKUP="$(date -u -d "$(cat "$work/started_at")" +%Y%m%dT%H%M%SZ)" \
  BYTES="$(stat -c %s "$archive")" \
  SHA256="$(cut -d ' ' -f 1 "$work/dump.archive.gz.sha256")" \
  TOOLS="$(mongodump --version | head -n 1)" \
  WORK="$work" mongosh --quiet --nodb --file "$scripts/manifest.js" || fail "the manifest could not be written"
[ -s "$work/manifest.json" ] || fail "the manifest is empty"
echo "verify: $(cat "$work/dump.archive.gz.sha256")"
