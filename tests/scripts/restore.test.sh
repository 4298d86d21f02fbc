#!/usr/bin/env bash
# scripts/restore.sh and the job it starts: what they refuse, and what they do when a step fails.
# Only with k8s/components/backup/scripts/manifest.js
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

restore="$root/scripts/restore.sh"
job="$root/k8s/restore/scripts"
newest=20261121T021700Z
# What the answers decide, as the rendered script has it.
setting() { sed -n "s/^$1=//p" "$restore"; }
bucket_of() { sed -n "s/^ *$1) echo \"\$name\(.*\)\" ;;$/$name\1/p" "$restore"; }
name="$(setting name)"

# A world with two complete backups of staging and prod and one half one, and a healthy cluster.
stocked() {
  local name
  world
  export CLUSTER=staging JOB_STATE=Complete ACTIVE="" SESSION_SECONDS="" POLL_SECONDS=0
  for name in 20261120T021700Z "$newest"; do
    mkdir -p "$STAND_IN/s3/mongodb/$name"
    gzip -c "$STAND_IN/source.json" > "$STAND_IN/s3/mongodb/$name/dump.archive.gz"
    (cd "$STAND_IN/s3/mongodb/$name" && sha256sum dump.archive.gz > dump.archive.gz.sha256)
    printf '{\n  "bytes": %s,\n  "oplog": false\n}\n' "$(stat -c %s "$STAND_IN/s3/mongodb/$name/dump.archive.gz")" \
      > "$STAND_IN/s3/mongodb/$name/manifest.json"
  done
  mkdir -p "$STAND_IN/s3/mongodb/99990101T000000Z"
  echo x > "$STAND_IN/s3/mongodb/99990101T000000Z/dump.archive.gz"
}
typing() {
  local text="$1"
  shift
  "$@" <<< "$text"
}

# --- list
stocked
run 0 "$restore" list staging
says "$newest"
silent_about 99990101T000000Z
holds "newest last" test "$(tail -n 1 <<< "$output" | cut -d ' ' -f 1)" = "$newest"
holds "in the bucket of the environment" called "--bucket $(bucket_of staging) --region $(setting region)"
run 1 "$restore" list other
says "unknown environment"
run 2 "$restore" list
run 2 "$restore"
run 2 "$restore" shred staging
FAIL=aws:list-objects-v2 run 1 "$restore" list staging
world
run 1 "$restore" list staging
says "no complete backup"

# --- fetch
stocked
run 0 "$restore" fetch staging latest "$STAND_IN/got"
holds "the newest" cmp "$STAND_IN/got/dump.archive.gz" "$STAND_IN/s3/mongodb/$newest/dump.archive.gz"
run 0 "$restore" fetch staging 20261120T021700Z "$STAND_IN/got"
run 1 "$restore" fetch staging 99990101T000000Z "$STAND_IN/got"
says "no complete backup '99990101T000000Z'"
FAIL=get:dump.archive.gz run 1 "$restore" fetch staging latest "$STAND_IN/got"
FAIL=damage:dump.archive.gz run 1 "$restore" fetch staging latest "$STAND_IN/got"
says "does not match its checksum"
sed -i 's/"bytes": /"bytes": 1/' "$STAND_IN/s3/mongodb/$newest/manifest.json"
run 1 "$restore" fetch staging latest "$STAND_IN/got"
says "another size"

# --- target
world
run 0 "$restore" target staging "$STAND_IN/new/uri"
says "database of staging"
holds "an address" grep -qE '^mongodb(\+srv)?://[a-zA-Z]+:[^@/:]+@[a-z0-9.-]+' "$STAND_IN/new/uri"
holds "that only its owner reads" test "$(stat -c %a "$STAND_IN/new/uri")" = 600
holds "of the environment" called "secret-id $name/staging/mongodb-"
FAIL=aws:get-secret-value run 1 "$restore" target staging "$STAND_IN/uri2"
says "was it created by Terraform"
run 1 "$restore" target other "$STAND_IN/uri2"
run 2 "$restore" target staging
if grep -q "atlas dbusers" "$restore"; then
  holds "a user who ends by itself" called "atlas dbusers create readWriteAnyDatabase .*--projectId 0123456789abcdef01234567 --deleteAfter 2"
  FAIL=terraform run 1 "$restore" target staging "$STAND_IN/uri2"
  says "project in Atlas"
  FAIL=atlas:user run 1 "$restore" target staging "$STAND_IN/uri2"
  says "did not make the user"
fi

# --- run: beside the live data
stocked
run 0 "$restore" run staging latest --uri-file "$URI_FILE"
says "restored_${newest}_NAME"
holds "mode beside" called "from-literal=MODE=beside --from-literal=PREFIX=restored_${newest}_ "
holds "the target is what was given" cmp "$URI_FILE" "$STAND_IN/secret.uri"
holds "links instead of a role" grep -q "mongodb/$newest/dump.archive.gz$" "$STAND_IN/secret.dump.archive.gz.url"
never "the target is on no command line" grep -q "it's" "$STAND_IN/calls"
holds "the Secret is removed afterwards" test "$(tail -n 1 "$STAND_IN/calls" | grep -c 'delete secret/mongodb-restore')" = 1
stocked
SESSION_SECONDS=3600 run 0 "$restore" run staging latest --uri-file "$URI_FILE"
stocked
run 0 "$restore" run staging latest --uri-file "$URI_FILE" --only 'shop.orders'
holds "only what was asked for" called "ONLY=shop.orders"

# --- run: what is refused before anything happens
refused() {
  local text="$1"
  shift
  run 1 "$@"
  says "$text"
  never "nothing was made" called "kubectl .*create\|kubectl apply"
}
stocked
refused "--uri-file is missing" "$restore" run staging latest
: > "$STAND_IN/empty"
refused "missing or empty" "$restore" run staging latest --uri-file "$STAND_IN/empty"
refused "no complete backup" "$restore" run staging 20200101T000000Z --uri-file "$URI_FILE"
FAIL=kubectl:connect refused "scripts/cluster-connect.sh staging" "$restore" run staging latest --uri-file "$URI_FILE"
CLUSTER=prod refused "connected to 'prod', not to 'staging'" "$restore" run staging latest --uri-file "$URI_FILE"
ACTIVE=1 refused "running already" "$restore" run staging latest --uri-file "$URI_FILE"
refused "not confirmed" typing yes "$restore" run staging latest --uri-file "$URI_FILE" --in-place
refused "not confirmed" typing "" "$restore" run staging latest --uri-file "$URI_FILE" --in-place
CLUSTER=prod refused "not confirmed" typing "$name-staging" "$restore" run prod latest --uri-file "$URI_FILE" --in-place
refused "production data" typing yes "$restore" run staging latest --uri-file "$URI_FILE" --from prod
SESSION_SECONDS=600 refused "ends in" "$restore" run staging latest --uri-file "$URI_FILE"
run 2 "$restore" run staging latest --uri-file
run 2 "$restore" run staging latest --force
refused "wants OLD=NEW" "$restore" run staging latest --uri-file "$URI_FILE" --in-place --rename shop
refused "goes with --in-place" "$restore" run staging latest --uri-file "$URI_FILE" --rename old=shop

# --- run: confirmed, and dry
stocked
run 0 typing "$name-staging" "$restore" run staging latest --uri-file "$URI_FILE" --in-place
holds "mode in-place" called "from-literal=MODE=in-place"
stocked
run 0 typing "$name-staging" "$restore" run staging latest --uri-file "$URI_FILE" --in-place --rename old=shop
holds "under another name" called "from-literal=RENAME=old=shop"
stocked
run 0 typing "$name-prod" "$restore" run staging latest --uri-file "$URI_FILE" --from prod
holds "from the bucket of prod" called "s3 presign s3://$(bucket_of prod)/"
stocked
CLUSTER=prod
run 0 "$restore" run prod latest --uri-file "$URI_FILE" --in-place --dry-run
holds "mode check" called "from-literal=MODE=check"

# --- run: the job completed, whatever becomes of its log
stocked
FAIL=kubectl:logs run 0 "$restore" run staging latest --uri-file "$URI_FILE"
says "cannot be read"
says "restored: $newest"

# --- run: a step fails; what was made is removed
for word in kubectl:secret kubectl:apply aws:presign; do
  stocked
  FAIL="$word" run 1 "$restore" run staging latest --uri-file "$URI_FILE"
  holds "cleaned up after $word" test "$(tail -n 1 "$STAND_IN/calls" | grep -c 'delete secret/mongodb-restore')" = 1
done
for ending in Failed "running gone"; do
  stocked
  JOB_STATE="$ending" run 1 "$restore" run staging latest --uri-file "$URI_FILE"
  says "the job did not complete"
  holds "cleaned up" test "$(tail -n 1 "$STAND_IN/calls" | grep -c 'delete secret/mongodb-restore')" = 1
done

# --- the job itself
requested() {
  stocked
  cp "$URI_FILE" "$REQUEST/uri"
  for file in dump.archive.gz dump.archive.gz.sha256; do
    echo "https://signed.example/mongodb/$newest/$file" > "$REQUEST/$file.url"
  done
  export MODE=beside PREFIX=restored_x_ ONLY="" RENAME=""
}
job() {
  sh "$job/fetch.sh" && bash "$job/restore.sh"
}
requested
run 0 job
holds "into other names" called 'mongorestore .*--nsFrom=[$]db[$].[$]collection[$] --nsTo=restored_x_[$]db[$].[$]collection[$]'
holds "users of the target stay" called "nsExclude=admin"
never "nothing is dropped" called "--drop"
never "the target is on no command line" grep -q "it's" "$STAND_IN/calls"
never "links are on no command line" called "curl .*signed.example"
holds "the target is in the file" grep -q "it''s@db.example" "$STAND_IN/mongorestore.yaml"
requested
MODE=in-place ONLY='shop.*' run 0 job
holds "replaces" called "mongorestore .*--drop --nsInclude=shop"
never "under its own name" called "mongorestore .*--nsFrom"
requested
MODE=in-place RENAME=old=shop run 0 job
holds "under another name" called 'mongorestore .*--drop --nsFrom=old[.][$]collection[$] --nsTo=shop[.][$]collection[$]'
requested
MODE=check run 0 job
holds "writes nothing" called "mongorestore .*--dryRun"
requested
MODE=other run 64 job
requested
PREFIX="" run 64 job
requested
rm "$REQUEST/uri"
run 64 job
requested
FAIL=curl run 22 job
requested
FAIL=curl:damaged run 1 job
requested
FAIL=mongorestore run 1 job
says "half restored"

finish
