#!/usr/bin/env bash
# Dumps the whole deployment into one compressed archive, and writes down what the source held just
# before and just after: the restore drill compares what comes back with these two inventories.
# Exit status 64: wrong configuration, a retry cannot help.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
credentials="${CREDENTIALS:-/run/credentials}"
uri_file="${URI_FILE:-/run/secrets/mongodb-backup/uri}"
archive="$work/dump.archive.gz"

fail() {
  echo "dump: $1" >&2
  exit "${2:-1}"
}

[ -s "$uri_file" ] || fail "$uri_file is missing or empty" 64
case "${USE_OPLOG:-}" in true | false) ;; *) fail "USE_OPLOG must be true or false" 64 ;; esac

umask 077
rm -f "$archive" "$work"/*.json "$work"/*_at
if [ -f "$credentials/aws.env" ]; then
  set -a
  # shellcheck source=/dev/null
  . "$credentials/aws.env"
  set +a
fi

# The connection string may hold a password: it goes into a file in memory, never onto a command line.
config="$credentials/mongodump.yaml"
printf "uri: '%s'\n" "$(sed "s/'/''/g" "$uri_file")" > "$config"

inventory() {
  URI_FILE="$uri_file" OUT="$1" mongosh --quiet --nodb --file "$scripts/inventory.js" ||
    fail "could not read the inventory of the source"
  [ -s "$1" ] || fail "the inventory of the source is empty"
}

inventory "$work/before.json"
date -u +%Y-%m-%dT%H:%M:%SZ > "$work/started_at"

options=(--config="$config" --archive="$archive" --gzip)
# With the oplog the archive restores to one moment, the end of the dump.
[ "$USE_OPLOG" = false ] || options+=(--oplog)
mongodump "${options[@]}" || fail "mongodump failed"

date -u +%Y-%m-%dT%H:%M:%SZ > "$work/finished_at"
inventory "$work/after.json"

[ -s "$archive" ] || fail "mongodump succeeded, but the archive is empty"
echo "dump: $(stat -c %s "$archive") bytes"
