#!/usr/bin/env bash
# Tests of scripts/rds-recovery.sh: whatever it is told, the live instance is neither deleted nor restored over.
# Only with scripts/rds-recovery.sh
# Also on aws/postgresql-rds/read-replica
# shellcheck disable=SC2016 # what is in single quotes is expanded later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
cp -R "$repository/docs" .
port=5432
if grep -q "get secret mysql-backup" scripts/rds-recovery.sh; then port=3306; fi
export WORLD="$sandbox/world" NAME="$name" POLL_SECONDS=0

stand_in aws <<'TEXT'
echo "aws $*" >> "$WORLD/calls"
option() { local name="$1" previous=""; shift; for word in "$@"; do [ "$previous" != "$name" ] || { echo "$word"; return; }; previous="$word"; done; }
instance="$WORLD/$(option --db-instance-identifier "$@").json"
case " ${FAIL-} " in *" $2 "*) echo "told to fail" >&2; exit 254 ;; esac
case "$1 $2" in
  "rds describe-db-instances") [ -e "$instance" ] || { echo DBInstanceNotFound >&2; exit 254; }; cat "$instance" ;;
  "rds wait") if [ "$3" = db-instance-deleted ]; then [ ! -e "$instance" ]; else [ -e "$instance" ]; fi ;;
  "rds restore-db-instance-to-point-in-time")
    [ -e "$WORLD/$(option --source-db-instance-identifier "$@").json" ] || exit 254
    target="$(option --target-db-instance-identifier "$@")"
    [ ! -e "$WORLD/$target.json" ] || exit 254
    jq --arg host "$target.example" --arg moment "$(option --restore-time "$@")" \
      --arg status "${MADE_STATUS:-available}" '.Endpoint.Address = $host | .DBInstanceStatus = $status | del(.MasterUserSecret) | .TagList = [{Key: "moment", Value: $moment}]' "$WORLD/$(option --source-db-instance-identifier "$@").json" > "$WORLD/$target.json"
    [[ " $* " != *" --deletion-protection "* ]] || : > "$WORLD/$target.protected"
    ;;
  "rds modify-db-instance")
    [ -e "$instance" ] || exit 254
    [[ " $* " != *" --no-deletion-protection "* ]] || rm -f "${instance%.json}.protected"
    if [[ " $* " == *" --manage-master-user-password "* ]]; then
      jq --arg key "$(option --master-user-secret-kms-key-id "$@")" '.MasterUserSecret.KmsKeyId = $key' "$instance" > "$instance.new"
      mv "$instance.new" "$instance"
    fi
    new="$(option --new-db-instance-identifier "$@")"
    [ -z "$new" ] || mv "$instance" "$WORLD/$new.json"
    ;;
  "rds delete-db-instance") [ -e "$instance" ] && [ ! -e "${instance%.json}.protected" ] && rm "$instance" ;;
  "s3 cp") echo '{"recovery_point": "2026-11-20T02:17:00Z"}' > "${*: -1}" ;;
  *) exit 254 ;;
esac
TEXT
stand_in kubectl <<'TEXT'
case "$*" in
  "config current-context") echo "${CONTEXT:-$NAME-staging}" ;;
  *" get secret postgresql-backup "*) printf 'postgresql://backup:x@old.example:5432/shop?sslmode=verify-full' | base64 ;;
  *" get secret mysql-backup "*) printf 'mysql://backup:x@old.example:3306/shop?ssl-mode=VERIFY_IDENTITY' | base64 ;;
  *" create job "*) echo '{"spec": {"template": {"spec": {"initContainers": [{"name": "dump", "env": []}, {"name": "verify", "env": []}]}}}}' ;;
  *" create -f -") cat > "$WORLD/job.json" ;;
esac
TEXT
stand_in restore <<'TEXT'
if [ "$1" = list ]; then echo "20261120T021700Z  1234 bytes"; exit; fi
echo "$*" > "$WORLD/run"
cp "$5" "$WORLD/uri"
[ -z "${DIFFERS-}" ]
TEXT
ln -sf "$sandbox/bin/restore" scripts/restore.sh
stand_in wait-job <<< '[ -z "${FAILED_JOB-}" ]'
ln -sf "$sandbox/bin/wait-job" scripts/wait-job.sh

has_reader=false
if grep -q 'source-reader' scripts/rds-recovery.sh; then has_reader=true; fi

fresh() {
  rm -rf "$WORLD"
  mkdir -p "$WORLD"
  jq --null-input '{PubliclyAccessible: false, DBInstanceClass: "db.t4g.small", DBSubnetGroup: {DBSubnetGroupName: "group"}, DBParameterGroups: [{DBParameterGroupName: "settings"}],
    DBInstanceStatus: "available", MaxAllocatedStorage: 100, MasterUserSecret: {KmsKeyId: "key"}, VpcSecurityGroups: [{VpcSecurityGroupId: "sg-1"}], Endpoint: {Address: "live.example"}}' > "$WORLD/$name-staging.json"
  : > "$WORLD/$name-staging.protected"
  if [[ "$has_reader" == true ]]; then cp "$WORLD/$name-staging.json" "$WORLD/$name-staging-reader.json"; fi
}
# answer TEXT COMMAND...: types it.
answer() {
  local typed="$1"
  shift
  "$@" <<< "$typed"
}
recovered="$name-staging-20261120t101500z"

fresh
expect 2 "restore ENV MOMENT" "no command" scripts/rds-recovery.sh
expect 2 "" "an unknown environment" scripts/rds-recovery.sh restore nowhere 2026-11-20T10:15:00Z
expect 1 "in UTC" "no moment" scripts/rds-recovery.sh restore staging yesterday
expect 0 "$recovered" "a new instance" scripts/rds-recovery.sh restore staging 2026-11-20T10:15:00Z
expect 0 "" "like the live one, and private" grep -qE -- "--restore-time 2026-11-20T10:15:00Z --no-publicly-accessible .*--db-instance-class db.t4g.small --db-subnet-group-name group --db-parameter-group-name settings --max-allocated-storage 100 --vpc-security-group-ids sg-1 --multi-az --deletion-protection" "$WORLD/calls"
expect 0 "" "with a password that RDS keeps" grep -qE -- "modify-db-instance --db-instance-identifier $recovered --manage-master-user-password --master-user-secret-kms-key-id key" "$WORLD/calls"
expect 0 "$recovered" "repeated, it goes on" scripts/rds-recovery.sh restore staging 2026-11-20T10:15:00Z
expect 0 "1" "and makes no second one" grep -c restore-db-instance-to-point-in-time "$WORLD/calls"

# the live instance is out of reach
for command in dump switch delete; do
  expect 1 "is no instance of a recovery" "$command of the live one" answer "$name-staging" scripts/rds-recovery.sh "$command" staging "$name-staging"
  expect 1 "is no instance of a recovery" "$command of another environment" answer "$name-prod-x" scripts/rds-recovery.sh "$command" staging "$name-prod-x"
  expect 1 "there is no instance" "$command of nothing" answer x scripts/rds-recovery.sh "$command" staging "$name-staging-x"
done
expect 1 "not confirmed" "a deletion without a word" scripts/rds-recovery.sh delete staging "$recovered"
expect 1 "not confirmed" "a switch without a word" scripts/rds-recovery.sh switch staging "$recovered"
expect 0 "" "both are there" test -e "$WORLD/$name-staging.json" -a -e "$WORLD/$recovered.json"

# dump
expect 0 "20261120T021700Z" "a dump of it" scripts/rds-recovery.sh dump staging "$recovered"
expect 0 "" "named after its moment, from its host" jq --exit-status --arg host "$recovered.example" '.spec.template.spec.initContainers[0].env
  == [{name: "OTHER_HOST", value: $host}, {name: "MOMENT", value: "2026-11-20T10:15:00Z"}] and .spec.template.spec.initContainers[1].env == []' "$WORLD/job.json"
FAILED_JOB=yes expect 1 "the job failed" "a dump that fails" scripts/rds-recovery.sh dump staging "$recovered"
CONTEXT=other expect 1 "kubectl is connected to 'other'" "another cluster" scripts/rds-recovery.sh dump staging "$recovered"

# switch, and delete what was replaced
FAIL=modify-db-instance expect 1 "RDS did not rename $name-staging" "a name that RDS keeps" answer "$name-staging" scripts/rds-recovery.sh switch staging "$recovered"
if [[ "$has_reader" == true ]]; then
  fresh
  expect 0 "$recovered" "a new instance beside a replica" scripts/rds-recovery.sh restore staging 2026-11-20T10:15:00Z
  for command in dump switch delete; do
    expect 1 "is the read replica" "$command of the replica" answer "$name-staging-reader" scripts/rds-recovery.sh "$command" staging "$name-staging-reader"
  done
  FAIL=delete-db-instance expect 1 "nothing was changed" "a replica that stays" answer "$name-staging" scripts/rds-recovery.sh switch staging "$recovered"
  expect 0 "live.example" "the live one is in its place" jq -r .Endpoint.Address "$WORLD/$name-staging.json"
fi
expect 0 "terraform -chdir=" "a switch" answer "$name-staging" scripts/rds-recovery.sh switch staging "$recovered"
expect 0 "$recovered.example" "it is the live one now" jq -r .Endpoint.Address "$WORLD/$name-staging.json"
expect 1 "" "no replica follows the old one" test -e "$WORLD/$name-staging-reader.json"
expect 0 "live.example" "the other one is kept" jq -r .Endpoint.Address "$WORLD/$name-staging-replaced.json"
expect 0 "$recovered" "the same moment again" scripts/rds-recovery.sh restore staging 2026-11-20T10:15:00Z
expect 1 "is there from an earlier recovery" "a second switch" answer "$name-staging" scripts/rds-recovery.sh switch staging "$recovered"
expect 0 "is being deleted" "what was replaced" answer "$name-staging-replaced" scripts/rds-recovery.sh delete staging "$name-staging-replaced"
expect 1 "" "is gone" test -e "$WORLD/$name-staging-replaced.json"
expect 0 "" "but for a snapshot and its backups" grep -qE -- "delete-db-instance --db-instance-identifier $name-staging-replaced --final-db-snapshot-identifier $name-staging-replaced-[0-9]+ --no-delete-automated-backups" "$WORLD/calls"

# drill
fresh
expect 0 "commit docs/restore-log.md" "a drill" scripts/rds-recovery.sh drill staging
expect 0 "| point in time 2026-11-20T02:17:01Z | ok |" "is in the log" tail -n 1 docs/restore-log.md
expect 0 "@$name-staging-drill.example:$port/shop" "it looks at the new instance" cat "$WORLD/uri"
expect 0 "20261120T021700Z --uri-file" "and compares" grep -- --compare "$WORLD/run"
expect 1 "" "the instance is gone" test -e "$WORLD/$name-staging-drill.json"
expect 0 "" "the live one is there" test -e "$WORLD/$name-staging.json"
DIFFERS=yes expect 1 "what came back is not what the manifest" "rows that differ" scripts/rds-recovery.sh drill staging
expect 0 "**failed**" "are in the log" tail -n 1 docs/restore-log.md
expect 1 "" "and the instance is gone" test -e "$WORLD/$name-staging-drill.json"
MADE_STATUS=creating expect 1 "did not become available" "an instance that does not come" scripts/rds-recovery.sh drill staging
expect 1 "" "is deleted too" test -e "$WORLD/$name-staging-drill.json"
FAIL=delete-db-instance expect 1 "it costs money" "an instance that stays" scripts/rds-recovery.sh drill staging
expect 1 "another drill runs" "is in the way of the next" scripts/rds-recovery.sh drill staging
finish
