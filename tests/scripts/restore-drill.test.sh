#!/usr/bin/env bash
# The restore drill, and that it notices every way in which a backup can be worthless.
# Only with k8s/components/backup/scripts/manifest.js
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

backup="$root/k8s/components/backup/scripts"
drill="$root/k8s/components/restore-drill/scripts"

# backed_up [STATE_AFTER [SOURCE]]: a world with one backup in the bucket, and the clean volume of a drill.
backed_up() {
  world
  [ -z "${2:-}" ] || echo "$2" > "$STAND_IN/source.json"
  [ -z "${1:-}" ] || cp "$1" "$STAND_IN/source-after.json"
  USE_OPLOG="${OPLOG:-false}"
  SCRIPTS="$backup" bash "$backup/dump.sh" > /dev/null
  SCRIPTS="$backup" bash "$backup/verify.sh" > /dev/null
  bash "$backup/upload.sh" > /dev/null
  rm -rf "$WORK"
  mkdir -p "$WORK"
}

# The containers in the order of the pod. The first two never fail by themselves: the last one reports.
run_drill() {
  SCRIPTS="$drill" bash "$drill/fetch.sh" && SCRIPTS="$drill" bash "$drill/restore.sh" && bash "$drill/report.sh"
}

last() {
  tail -n 1 <<< "$output" | jq -r "$1"
}

holds "backup and drill take the inventory alike" cmp "$backup/inventory.js" "$drill/inventory.js"

# --- everything works
backed_up
run 0 run_drill
holds "ok" test "$(last '[.status, .ok, .environment, .collections, .documents, .error] | @csv')" = '"ok",true,"staging",2,520,""'
holds "RPO and RTO are measured" test "$(last '(.rpo_seconds >= 0) and (.rto_seconds >= 0) and (.rpo_limit_seconds == 86400) and (.rto_limit_seconds == 3600)')" = true
holds "the result is uploaded" cmp "$WORK/result.json" "$STAND_IN"/s3/drills/*.json
holds "the restore stays in the pod" called "mongorestore --host=127.0.0.1 --port=27017"
holds "users of the source stay out" called "nsExclude=admin"
never "no oplog is replayed" called "mongorestore --host=127.0.0.1 --port=27017 .*oplogReplay"

OPLOG=true backed_up
run 0 run_drill
holds "the oplog is replayed" called "mongorestore --host=127.0.0.1 --port=27017 .*--oplogReplay"

# --- the newest complete backup is taken
backed_up
name="$(basename "$STAND_IN"/s3/mongodb/*)"
mkdir -p "$STAND_IN/s3/mongodb/20000101T000000Z" "$STAND_IN/s3/mongodb/99990101T000000Z"
cp "$STAND_IN/s3/mongodb/$name"/* "$STAND_IN/s3/mongodb/20000101T000000Z/"
cp "$STAND_IN/s3/mongodb/$name/dump.archive.gz" "$STAND_IN/s3/mongodb/99990101T000000Z/"
run 0 run_drill
holds "newest with a manifest" test "$(last .backup)" = "$name"

# --- what was written during the dump may differ a little
cat > "$worlds/moved.json" << 'JSON'
{"shop.orders": {"documents": 700, "newest": "2026-11-20T11:00:00.000Z", "indexes": 3},
 "shop.people": {"documents": 20, "newest": null, "indexes": 1}}
JSON
backed_up "$worlds/moved.json"
FAIL=lose-document run 0 run_drill

# fails WORDS TEXT: the drill fails, and its last line says so in JSON
fails() {
  FAIL="$1"
  run 1 run_drill
  holds "the last line is a failed result ($1)" test "$(last '[.status, .ok] | @csv')" = '"failed",false'
  if [[ "$(last .error)" == *"$2"* ]]; then passed=$((passed + 1)); else fault "$1: error does not say '$2'"; fi
}

# --- fetching fails
world
fails "" "no complete backup"
backed_up
rm "$STAND_IN"/s3/mongodb/*/manifest.json
fails "" "no complete backup"
backed_up
rm "$STAND_IN"/s3/mongodb/*/dump.archive.gz
fails "" "has a manifest but no archive"
backed_up
fails aws:list-objects-v2 "could not be listed"
holds "also uploaded" grep -q '"ok":false' "$STAND_IN"/s3/drills/*.json
for file in manifest.json dump.archive.gz dump.archive.gz.sha256; do
  backed_up
  fails "get:$file" "$file of backup"
done
backed_up
fails damage:dump.archive.gz "does not match its checksum"
backed_up
fails short:dump.archive.gz "arrived incomplete"
backed_up
sed -i 's/"sha256": "./"sha256": "z/' "$STAND_IN"/s3/mongodb/*/manifest.json
fails "" "do not belong together"
backed_up
sed -i 's/"bytes": /"bytes": 1/' "$STAND_IN"/s3/mongodb/*/manifest.json
fails "" "another size"

backed_up
sed -i -E 's/("recovery_point": ")20../\12099/' "$STAND_IN"/s3/mongodb/*/manifest.json
fails "" "in the future"

# --- restoring fails, or brings back too little
backed_up
fails mongorestore "mongorestore failed"
backed_up
fails mongosh:inventory.js "could not be read"
backed_up
fails mongosh:verify.js "did not finish"
backed_up
fails lose-collection "shop.orders is missing"
backed_up
fails lose-document "shop.orders has 499 documents, 500 expected"
backed_up
fails lose-newest "newest document"
backed_up
fails lose-index "shop.orders has 2 indexes, 3 expected"
backed_up
fails lose-everything "no document was restored"
backed_up "$worlds/moved.json"
fails lose-everything "shop.orders has 0 documents"

# --- an empty dump proves nothing, even when nothing was there
for source in '{}' '{"shop.orders": {"documents": 0, "newest": null, "indexes": 1}}'; do
  backed_up "" "$source"
  fails "" "the backup holds no document"
done

# --- promises that are not kept
backed_up
RPO_LIMIT_SECONDS=-1
fails "" "the backup is"
backed_up
RPO_LIMIT_SECONDS=unknown
fails "" "the backup is"
backed_up
RTO_LIMIT_SECONDS=1
fails slow "the restore took"
backed_up
ENVIRONMENT=prod
fails "" "the backup is of staging, not of prod"

# --- reporting fails
backed_up
FAIL=aws:put-object
run 1 run_drill
holds "a result that nobody can read later is a failure" test "$(last .error)" = "the result could not be uploaded"
world
run 1 bash "$drill/report.sh"
holds "no result is a failure" test "$(last .error)" = "the drill left no result"
world
unset BUCKET
run 64 bash "$drill/fetch.sh"

# --- the log of restores
record() {
  "$root/scripts/record-drill.sh" "$STAND_IN/log.md" <<< "$1"
}
logged() {
  world
  unset GITHUB_RUN_ID
  printf '# Log\n\n| Date (UTC) | Environment |\n| --- | --- |\n' > "$STAND_IN/log.md"
}
good='{"ok":true,"environment":"prod","backup":"20261121T021700Z","rpo_seconds":16020,"rto_seconds":412,"finished_at":"2026-11-21T06:50:52Z","error":""}'
logged
run 0 record "$good"
holds "a row" test "$(tail -n 1 "$STAND_IN/log.md")" = "| 2026-11-21T06:50:52Z | prod | 20261121T021700Z | ok | 4h 27m | 6m 52s | by hand |"
run 0 record "$good"
says "already recorded"
holds "once" test "$(grep -c 20261121T021700Z "$STAND_IN/log.md")" = 1
GITHUB_RUN_ID=7 GITHUB_SERVER_URL=https://github.com GITHUB_REPOSITORY=a/b run 0 record "$good"
holds "the run is linked" grep -q '\[run 7\](https://github.com/a/b/actions/runs/7)' "$STAND_IN/log.md"
# shellcheck disable=SC2016 # the backquotes are data
run 0 record '{"ok":false,"environment":"prod","finished_at":"2026-11-21T06:50:52Z","error":"a | b `c`\n| d"}'
holds "text stays in its cell" test "$(tail -n 1 "$STAND_IN/log.md" | tr -cd '|' | wc -c)" = 8
printf '| cut | off |' >> "$STAND_IN/log.md"
run 0 record "${good/prod/staging}"
holds "a missing line break is repaired" test "$(tail -n 2 "$STAND_IN/log.md" | head -n 1)" = "| cut | off |"
for bad in "" "not json" "{}" '[1]' '{"ok":"yes","environment":"prod","finished_at":"x"}'; do
  logged
  run 1 record "$bad"
  holds "nothing is added" test "$(wc -l < "$STAND_IN/log.md")" = 4
done
logged
rm "$STAND_IN/log.md"
run 1 record "$good"
logged
echo "# Another page" > "$STAND_IN/log.md"
run 1 record "$good"

finish
