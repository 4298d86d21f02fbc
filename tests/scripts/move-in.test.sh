#!/usr/bin/env bash
# scripts/move-in.sh: a copy of the old database becomes a backup that restores, and the comparison finds what is missing.
# Only with scripts/move-in.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

move="$root/scripts/move-in.sh"
restore="$root/scripts/restore.sh"
cronjob="$root/k8s/components/backup/cronjob.yaml"
export SCRIPTS="$root/k8s/components/backup/scripts"

# The old database is the source of the world, that of the environment is what was restored.
moving() {
  world
  export CLUSTER=staging ACTIVE="" POLL_SECONDS=0
  echo "mongodb://own:x@scratch.example.net/" > "$STAND_IN/own-uri"
}
job() { jq --raw-output "$2" "$STAND_IN/created.$1.json"; }
# What mongorestore makes of the newest backup.
restored() {
  cp "$STAND_IN"/s3/mongodb/*/dump.archive.gz "$WORK/dump.archive.gz"
  cp "$URI_FILE" "$REQUEST/uri"
  MODE=in-place bash "$root/k8s/restore/scripts/restore.sh" > /dev/null 2>&1
}
removed() {
  holds "the address of the old database does not stay" test "$(grep -c 'delete secret/mongodb-move-in networkpolicy/mongodb-move-in' <(tail -n 1 "$STAND_IN/calls"))" = 1
}

# --- what the script changes is in the backup job
for part in 'name: dump$' 'name: verify$' 'name: upload$' 'name: USE_OPLOG,' 'name: work$' 'name: uri$' 'secretName: mongodb-backup,' \
  'mountPath: /run/secrets/mongodb-backup,' '/scripts/dump.sh' 'containers:$'; do
  holds "the backup job has $part" grep -q -- "$part" "$cronjob"
done

# --- copy: a backup that restore.sh knows
moving
run 0 "$move" copy staging --uri-file "$URI_FILE"
backup="$(basename "$STAND_IN"/s3/mongodb/*)"
says "copied: $backup of staging"
holds "a manifest counts" test "$(jq .documents "$STAND_IN/s3/mongodb/$backup/manifest.json")" = 520
holds "the old database is read" cmp "$URI_FILE" "$STAND_IN/secret.uri"
holds "by its own Secret" test "$(job mongodb-move-in '.spec.template.spec.volumes[] | select(.name == "uri").secret.secretName')" = mongodb-move-in
never "an old server needs no oplog" called "mongodump .*--oplog"
never "nor is one asked for in the trial" called "mongorestore .*--oplogReplay"
holds "not a run of the backup" test "$(job mongodb-move-in '.metadata | has("ownerReferences")')" = false
holds "no attempt by itself" test "$(job mongodb-move-in .spec.backoffLimit)" = 0
holds "it reaches the old database" grep -q 'port: 1024, endPort: 65535' "$STAND_IN/applied.yaml"
holds "nothing else does" test "$(job mongodb-move-in '.spec.template.metadata.labels["move-in"]')" = true
never "the address is on no command line" grep -q "it's" "$STAND_IN/calls"
never "nothing is restored" called "mongorestore .*--drop"
holds "the volume of the dump goes" called "delete job/mongodb-move-in$"
removed
run 0 "$restore" list staging
says "$backup"

# --- copy again, smaller than the last backup
mkdir -p "$STAND_IN/s3/mongodb/20200101T000000Z"
truncate -s 100000 "$STAND_IN/s3/mongodb/20200101T000000Z/dump.archive.gz"
echo '{}' > "$STAND_IN/s3/mongodb/20200101T000000Z/manifest.json"
rm -rf "${STAND_IN:?}/s3/mongodb/$backup"
run 0 "$move" copy staging --uri-file "$URI_FILE"
says "copied: "

# --- verify: the same, and each sort of difference
moving
"$move" copy staging --uri-file "$URI_FILE" > /dev/null
restored
run 0 "$move" verify staging --uri-file "$URI_FILE"
says "verified"
holds "the old one is asked" test "$(job mongodb-move-in-old '.spec.template.spec.volumes[] | select(.name == "uri").secret.secretName')" = mongodb-move-in
holds "and the own one" test "$(job mongodb-move-in-new '.spec.template.spec.volumes[] | select(.name == "uri").secret.secretName')" = mongodb-backup
holds "without a volume" test "$(job mongodb-move-in-new '.spec.template.spec.volumes[] | select(.name == "work") | has("emptyDir")')" = true
holds "and without a dump" test "$(job mongodb-move-in-new '[.spec.template.spec.initContainers[].name] | length')" = 0
removed
for loss in lose-document lose-index; do
  FAIL="$loss" restored
  run 1 "$move" verify staging --uri-file "$URI_FILE"
  holds "$loss is named" grep -qE '^DIFFERENT .* shop.orders$' <<< "$output"
  holds "the rest is the same" grep -qE '^same .* shop.people$' <<< "$output"
done
FAIL=lose-collection restored
run 1 "$move" verify staging --uri-file "$URI_FILE"
holds "a lost collection is named" grep -qE '^MISSING .* shop.orders$' <<< "$output"
restored
jq '."shop.changelog" = {documents: 3, newest: null, indexes: 1}' "$STAND_IN/restored.json" > "$STAND_IN/more.json"
mv "$STAND_IN/more.json" "$STAND_IN/restored.json"
run 0 "$move" verify staging --uri-file "$URI_FILE"
holds "what is only here is named" grep -qE '^only here .* shop.changelog$' <<< "$output"
echo '{}' > "$STAND_IN/source.json"
run 1 "$move" verify staging --uri-file "$URI_FILE"
says "shows no collection"

# --- verify: the database has another name here
moving
"$move" copy staging --uri-file "$URI_FILE" > /dev/null
restored
jq 'with_entries(.key |= sub("^shop\\."; "store."))' "$STAND_IN/restored.json" > "$STAND_IN/renamed.json"
mv "$STAND_IN/renamed.json" "$STAND_IN/restored.json"
run 1 "$move" verify staging --uri-file "$URI_FILE"
says MISSING
run 0 "$move" verify staging --uri-file "$URI_FILE" --rename shop=store
says "verified"

# --- an authority of its own
moving
echo certificate > "$STAND_IN/ca.crt"
run 0 "$move" copy staging --uri-file "$URI_FILE" --ca-file "$STAND_IN/ca.crt"
holds "beside the address" called "create secret generic mongodb-move-in .*--from-file=ca.crt=$STAND_IN/ca.crt"

# --- what is refused before anything happens
refused() {
  local status="$1" text="$2"
  shift 2
  run "$status" "$@"
  says "$text"
  never "nothing was made" called "kubectl .*create\|kubectl apply"
}
moving
refused 2 move-in.sh "$move"
refused 2 move-in.sh "$move" copy
refused 2 move-in.sh "$move" shred staging
refused 2 move-in.sh "$move" copy staging --uri-file
refused 2 move-in.sh "$move" copy staging --uri-file "$URI_FILE" --rename a=b
refused 1 "--uri-file is missing" "$move" copy staging
refused 1 "unknown environment" "$move" copy other --uri-file "$URI_FILE"
refused 1 "wants OLD=NEW" "$move" verify staging --uri-file "$URI_FILE" --rename shop
: > "$STAND_IN/empty"
refused 1 "missing or empty" "$move" copy staging --uri-file "$STAND_IN/empty"
FAIL=kubectl:connect refused 1 "scripts/cluster-connect.sh staging" "$move" copy staging --uri-file "$URI_FILE"
CLUSTER=prod refused 1 "connected to 'prod', not to 'staging'" "$move" copy staging --uri-file "$URI_FILE"
ACTIVE=1 refused 1 "running already" "$move" verify staging --uri-file "$URI_FILE"

# --- a step fails: no backup counts, and the address is gone
for word in kubectl:secret kubectl:apply kubectl:cronjob kubectl:create; do
  moving
  FAIL="$word" run 1 "$move" copy staging --uri-file "$URI_FILE"
  case "$word" in kubectl:cronjob) says "cannot be read" ;; *) says "could not be made" ;; esac
  removed
done
for word in mongodump mongodump:damaged aws:put-object; do
  moving
  FAIL="$word" run 1 "$move" copy staging --uri-file "$URI_FILE"
  says "did not complete"
  holds "no manifest after $word" test "$(find "$STAND_IN/s3" -name manifest.json 2> /dev/null | wc -l)" = 0
  never "its log stays" called "delete job/mongodb-move-in$"
  removed
done
moving
FAIL=kubectl:logs run 0 "$move" copy staging --uri-file "$URI_FILE"
says "the newest backup"
moving
"$move" copy staging --uri-file "$URI_FILE" > /dev/null
restored
FAIL=kubectl:logs run 1 "$move" verify staging --uri-file "$URI_FILE"
says "cannot be read"

finish
