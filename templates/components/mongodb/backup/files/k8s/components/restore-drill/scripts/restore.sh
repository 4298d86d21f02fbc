#!/usr/bin/env bash
# Restores the fetched archive into the empty mongod of this pod and compares the result with the
# manifest. There is no other server this pod could reach.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"

give_up() {
  echo "restore: $1" >&2
  echo "$1" > "$work/error"
  exit 0
}

umask 077
[ ! -s "$work/error" ] || exit 0

options=(--host=127.0.0.1 --port=27017 --archive="$work/dump.archive.gz" --gzip --stopOnError)
if grep -q '"oplog": true' "$work/manifest.json"; then
  # mongorestore replays the oplog only into a whole deployment: users and roles come along.
  options+=(--oplogReplay)
else
  options+=("--nsExclude=admin.*" "--nsExclude=config.*")
fi
gzip -t "$work/dump.archive.gz" || give_up "the compressed stream is damaged"
mongorestore "${options[@]}" || give_up "mongorestore failed"

echo "mongodb://127.0.0.1:27017/?directConnection=true" > "$work/uri"
URI_FILE="$work/uri" OUT="$work/restored.json" mongosh --quiet --nodb --file "$scripts/inventory.js" ||
  give_up "the restored data could not be read"
WORK="$work" mongosh --quiet --nodb --file "$scripts/verify.js" || give_up "the comparison with the manifest did not finish"
[ -s "$work/result.json" ] || give_up "the comparison left no result"
