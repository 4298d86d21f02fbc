#!/usr/bin/env bash
# How a person restores streams: which backup is taken, what is checked before, and that the job is ended. The bucket and the cluster are
# stand-ins; nats.test.sh restores for real.
# Only with scripts/broker-restore.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded by a stand-in
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
export BUCKET_FOLDER="$sandbox/bucket" POD="$sandbox/pod" CALLS="$sandbox/calls" CONNECTED=prod
stand_in aws << 'SH'
case "$1 $2" in
  "s3api list-objects-v2") (cd "$BUCKET_FOLDER" && find broker -type f | sort | sed 's/$/\t10/') ;;
  "s3 cp")
    for word in "$@"; do case "$word" in s3://*) from="${word#s3://*/}" ;; esac; done
    cp "$BUCKET_FOLDER/$from" "${@: -1}"
    ;;
esac
SH
stand_in kubectl << 'SH'
shift 2
echo "$*" >> "$CALLS"
case "$*" in
  "get configmap broker-backup-settings"*) printf %s "$CONNECTED" ;;
  "get pod"*) echo pod/broker-restore-x ;;
  "exec --stdin"*) script="${@: -1}"; sh -c "${script//\/work/$POD}" ;;
  "exec "*) echo "restored: ${*:5}" ;;
esac
SH
for backup in 20261129T021700Z 20261130T021700Z; do
  mkdir -p "$BUCKET_FOLDER/broker/$backup"
  echo "streams of $backup" > "$BUCKET_FOLDER/broker/$backup/streams.tar"
  (cd "$BUCKET_FOLDER/broker/$backup" && sha256sum streams.tar > streams.tar.sha256)
  jq -n --arg sum "$(cut -d ' ' -f 1 "$BUCKET_FOLDER/broker/$backup/streams.tar.sha256")" '{sha256: $sum}' > "$BUCKET_FOLDER/broker/$backup/manifest.json"
done
mkdir -p "$BUCKET_FOLDER/broker/20261201T021700Z" "$POD"
echo half > "$BUCKET_FOLDER/broker/20261201T021700Z/streams.tar"
restore="scripts/broker-restore.sh"

expect 0 20261130T021700Z "complete backups are listed" "$restore" list prod
expect 1 "" "one without a manifest is not" grep -q 20261201T021700Z "$sandbox/output"
expect 1 "unknown environment 'elsewhere'" "another environment" "$restore" list elsewhere
expect 2 "broker-restore.sh run ENV BACKUP" "without arguments it says what it does" "$restore"
expect 1 "there is no complete backup '20261201T021700Z'" "an incomplete backup is refused" "$restore" run prod 20261201T021700Z
CONNECTED=staging expect 1 "kubectl is connected to staging, not to prod" "the cluster of another environment is refused" "$restore" run prod 20261130T021700Z
: > "$CALLS"
expect 0 "restored: /scripts/restore.sh orders jobs" "named streams are restored" "$restore" run prod 20261130T021700Z orders jobs
expect 0 "" "the archive arrives whole" cmp "$POD/streams.tar" "$BUCKET_FOLDER/broker/20261130T021700Z/streams.tar"
expect 0 "delete job broker-restore-" "the job is ended" tail -n 1 "$CALLS"
expect 0 "restored: /scripts/restore.sh" "all streams are restored" "$restore" run prod 20261129T021700Z
echo '{"sha256": "other"}' > "$BUCKET_FOLDER/broker/20261129T021700Z/manifest.json"
: > "$CALLS"
expect 1 "manifest and checksum do not belong together" "a manifest of another archive is refused" "$restore" run prod 20261129T021700Z
expect 1 "" "and nothing is started" grep -q "create job" "$CALLS"

finish
