#!/usr/bin/env bash
# scripts/atlas-pitr-restore.sh: it never restores over the source, and says which step failed.
# Only with scripts/atlas-pitr-restore.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

pitr="$root/scripts/atlas-pitr-restore.sh"
there=fedcba987654321001234567
at="$(date -u -d '-2 hours' +%Y-%m-%dT%H:%M:%SZ)"
pitr() {
  local typed="$1"
  shift
  "$pitr" staging --at "$at" --target-project "$there" --target-cluster scratch "$@" <<< "$typed"
}
untouched() {
  says "$1"
  never "nothing was started" called "restores start"
}
world
run 0 pitr scratch
says "restored: scratch"
holds "all names are given" called "restores start pointInTime --clusterName source-cluster --projectId 0123456789abcdef01234567 --pointInTimeUTCSeconds $(date -u -d "$at" +%s) --targetClusterName scratch --targetProjectId $there "
world
run 0 pitr "" --dry-run
untouched "dry run"
world
run 1 pitr yes
untouched "not confirmed"
world
there=0123456789abcdef01234567 run 1 pitr scratch
untouched "in the project of the source"
world
run 1 "$pitr" staging --at "$at" --target-project "$there" --target-cluster source-cluster
untouched "name of the source"
world
run 1 "$pitr" staging --at "$at" --target-project scratch --target-cluster scratch
untouched "24 hexadecimal digits"
world
at=yesterday run 1 pitr scratch
untouched "must look like"
world
at="$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" run 1 pitr scratch
untouched "in the future"
world
at="$(date -u -d "-$(($(sed -n 's/^window_days=//p' "$pitr") + 1)) days" +%Y-%m-%dT%H:%M:%SZ)" run 1 pitr scratch
untouched "which is the window"
world
FAIL=terraform run 1 pitr scratch
untouched "which project is the source"
world
FAIL=atlas:describe run 1 pitr scratch
untouched "no cluster 'scratch'"
world
TARGET_STATE=UPDATING run 1 pitr scratch
untouched "not ready"
world
FAIL=atlas:start run 1 pitr scratch
says "did not start"
world
FAIL=atlas:no-id run 1 pitr scratch
says "no restore job"
world
FAIL=atlas:watch run 1 pitr scratch
says "did not finish"

# --- with --dump: out of the target into a backup that scripts/restore.sh takes
moment="${at//[-:]/}"
export POLL_SECONDS=0
world
cd "$STAND_IN"
run 0 pitr scratch --dump
says "dumped: restore/$moment"
holds "this machine is let in for a while" called "atlas accessLists create --currentIp --deleteAfter 2.*--projectId $there"
holds "as a user who only reads, for a while" called "atlas dbusers create readAnyDatabase --username dump .*--deleteAfter 2.*--projectId $there"
holds "from the target" grep -qE '^uri: "mongodb\+srv://dump:[0-9a-f]+@scratch.example.net/' "$STAND_IN/mongodump.yaml"
never "and not by the list of processes" called "mongodump .*mongodb+srv"
mkdir -p s3/mongodb
cp -R "restore/$moment" s3/mongodb/
run 0 "$root/scripts/restore.sh" list staging
says "$moment"
run 0 "$root/scripts/restore.sh" fetch staging "$moment" "$STAND_IN/got"
says "checksum and manifest match"
manifest="restore/$moment/manifest.json"
holds "the manifest says what has to come back" jq --exit-status '.collections | length > 0 and all(.documents >= 0)' "$manifest"
holds "of which moment it is" [ "$(jq --raw-output .recovery_point "$manifest")" = "$at" ]
holds "and of which archive" grep -q "\"sha256\": \"$(cut -d ' ' -f 1 "restore/$moment/dump.archive.gz.sha256")\"" "$manifest"
world
cd "$STAND_IN"
run 0 pitr scratch --uri-file uri
holds "the address of the target, to be read" grep -qE '^mongodb\+srv://dump:[0-9a-f]+@scratch.example.net/' uri
holds "by this user only" [ "$(stat -c %a uri)" = 600 ]
never "and not dumped" called "mongodump"
world
cd "$STAND_IN"
run 0 pitr scratch
never "without --dump nobody is let in" called "accessLists\|dbusers\|mongodump"
for word in atlas:access atlas:user atlas:address mongodump mongosh:inventory.js mongosh:manifest.js; do
  world
  cd "$STAND_IN"
  FAIL="$word" run 1 pitr scratch --dump
  silent_about "dumped:"
done
run 2 "$pitr" staging
run 2 "$pitr" other --at "$at" --target-project "$there" --target-cluster scratch

finish
