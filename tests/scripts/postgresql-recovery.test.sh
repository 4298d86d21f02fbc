#!/usr/bin/env bash
# Tests of scripts/postgresql-recovery.sh: whatever it is told, the live cluster is neither deleted nor restored over, and a cluster of a
# recovery archives nothing.
# Only with scripts/postgresql-recovery.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
cp -R "$repository/docs" .
export WORLD="$sandbox/world" NAME="$name" POLL_SECONDS=0
namespace="$(sed -n 's/^namespace=//p' scripts/postgresql-recovery.sh)"
export NAMESPACE="$namespace"

stand_in kubectl <<'TEXT'
echo "kubectl $*" >> "$WORLD/calls"
text=" $* "
[ -z "${FAIL-}" ] || [[ "$text" != *" $FAIL "* ]] || { echo "told to fail" >&2; exit 1; }
case "$text" in
  " config current-context ") echo "${CONTEXT:-$NAME-staging}" ;;
  *" get cluster.postgresql.cnpg.io "*) cat "$WORLD/$5.json" 2> /dev/null || { echo NotFound >&2; exit 1; } ;;
  *" get persistentvolumeclaims "*) cluster="${text##*cnpg.io/cluster=}"; echo "volume-of-${cluster%% *}" ;;
  *" get secret postgresql-backup "*) printf 'postgresql://backup:secret@postgresql-rw.ns.svc:5432/db?sslmode=verify-full' | base64 ;;
  *" exec "*"pg_walfile_name"*) printf '1\n0000000100000000000000A5\n' ;;
  *" exec "*"last_archived_wal"*) [ -z "${UNARCHIVED-}" ] && echo t || echo f ;;
  *" create job "*) jq --null-input '{metadata: {name: "x"}, spec: {template: {spec: {initContainers: [{name: "dump", env: []}, {name: "verify", env: []}]}}}}' ;;
  *" create -f - "*)
    cat > "$WORLD/new"
    if jq --exit-status '.kind == "Cluster"' "$WORLD/new" > /dev/null; then
      file="$WORLD/$(jq --raw-output .metadata.name "$WORLD/new").json"
      [ ! -e "$file" ] || { echo AlreadyExists >&2; exit 1; }
      mv "$WORLD/new" "$file"
    else
      mv "$WORLD/new" "$WORLD/job.json"
    fi
    ;;
  *" wait cluster.postgresql.cnpg.io/"*) [ -z "${SLOW-}" ] || { : > "$WORLD/waiting"; sleep 30; }; [ -z "${NOT_READY-}" ] ;;
  *" patch persistentvolume "*) : ;;
  *" delete cluster.postgresql.cnpg.io "*) [ -z "${SLOW-}" ] || { : > "$WORLD/deleting"; sleep 1; }; rm -f "$WORLD/$5.json" ;;
  *) echo "not expected: kubectl $*" >&2; exit 1 ;;
esac
TEXT
stand_in aws <<'TEXT'
[ -z "${NO_MANIFEST-}" ] || exit 1
for word in "$@"; do target="$word"; done
echo '{"recovery_point": "2026-11-20T02:17:00Z"}' > "$target"
TEXT
stand_in restore <<'TEXT'
if [ "$1" = list ]; then [ -z "${NO_BACKUP-}" ] || { echo "there is no backup" >&2; exit 1; }; echo "20261120T021700Z  1234 bytes"; exit; fi
echo "$*" > "$WORLD/run"
cp "$5" "$WORLD/uri"
[ -z "${DIFFERS-}" ]
TEXT
ln -sf "$sandbox/bin/restore" scripts/restore.sh
stand_in wait-job <<< '[ -z "${FAILED_JOB-}" ]'
ln -sf "$sandbox/bin/wait-job" scripts/wait-job.sh

# A cluster with what a recovery keeps and leaves out.
fresh() {
  rm -rf "$WORLD"
  mkdir -p "$WORLD"
  jq --null-input '{apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: {name: "postgresql", namespace: env.NAMESPACE, uid: "1"}, status: {currentPrimary: "postgresql-2"},
    spec: {instances: 3, imageName: "registry.example/postgresql:18", enableSuperuserAccess: true, bootstrap: {initdb: {database: "db"}},
      certificates: {serverCASecret: "ca", serverTLSSecret: "tls"}, serviceAccountTemplate: {metadata: {}}, plugins: [{name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true,
      parameters: {barmanObjectName: "postgresql"}}], storage: {size: "50Gi"}, walStorage: {size: "12Gi"}, affinity: {topologyKey: "zone"}, resources: {requests: {memory: "4Gi"}},
      postgresql: {synchronous: {method: "any", number: 1}, parameters: {max_connections: "200"}}}}' > "$WORLD/postgresql.json"
  cp "$WORLD/postgresql.json" "$sandbox/as-it-was.json"
}
# The live cluster is there, as it was, and nothing was said about its deletion.
untouched() {
  cmp -s "$WORLD/postgresql.json" "$sandbox/as-it-was.json" && ! grep -qE 'delete cluster\.postgresql\.cnpg\.io postgresql( |$)' "$WORLD/calls"
}
# answer TEXT COMMAND...: types it.
answer() {
  local typed="$1"
  shift
  "$@" <<< "$typed"
}
run=scripts/postgresql-recovery.sh
recovered=postgresql-20261120t101500z

fresh
expect 2 "restore ENV MOMENT" "no command" $run
expect 2 "" "an unknown environment" $run restore nowhere 2026-11-20T10:15:00Z
expect 1 "in UTC" "no moment" $run restore staging yesterday
expect 1 "kubectl is connected to 'other'" "another cluster" env CONTEXT=other $run restore staging 2026-11-20T10:15:00Z
expect 0 "host  $recovered-rw.$namespace.svc" "a new cluster" $run restore staging 2026-11-20T10:15:00Z
expect 0 "" "with the settings of the live one" jq --exit-status --slurpfile live "$WORLD/postgresql.json" '.spec as $new | $live[0].spec as $old
  | all("imageName", "storage", "walStorage", "certificates", "resources", "affinity"; $new[.] == $old[.]) and $new.postgresql.parameters == $old.postgresql.parameters' "$WORLD/$recovered.json"
expect 0 "" "that archives nothing" jq --exit-status '.spec | has("plugins") or has("serviceAccountTemplate") or has("backup") | not' "$WORLD/$recovered.json"
expect 0 "" "of that moment, from the archive of the live one" jq --exit-status '.spec.bootstrap == {recovery: {source: "live", recoveryTarget: {targetTime: "2026-11-20T10:15:00Z"}}}
  and .spec.externalClusters[0].plugin.parameters == {barmanObjectName: "postgresql", serverName: "postgresql"} and .spec.instances == 1' "$WORLD/$recovered.json"
expect 0 "$recovered" "repeated, it goes on" $run restore staging 2026-11-20T10:15:00Z
expect 0 "1" "and makes no second one" grep -c 'create -f -' "$WORLD/calls"
expect 1 "did not become ready" "a cluster that does not become ready" env NOT_READY=yes $run restore staging 2026-11-20T10:15:00Z
expect 0 "" "stays, to be looked at" test -e "$WORLD/$recovered.json"
expect 1 "could not be made" "a cluster that is refused" env FAIL=create $run restore staging 2026-11-21T10:15:00Z
expect 0 "the live database archives nothing" "an archive that stands still" env UNARCHIVED=yes $run restore staging 2026-11-22T10:15:00Z
expect 0 "" "the live one is as it was" untouched

# another archive, of another version
expect 0 "" "an archive and an image of before" $run restore staging 2026-11-19T10:15:00Z postgresql-old registry.example/postgresql:17
expect 0 "" "are those of the cluster" jq --exit-status '.spec.externalClusters[0].plugin.parameters.serverName == "postgresql-old" and .spec.imageName == "registry.example/postgresql:17"' "$WORLD/postgresql-20261119t101500z.json"
jq '.spec.plugins[0].parameters.serverName = "postgresql-2"' "$WORLD/postgresql.json" > "$WORLD/changed" && mv "$WORLD/changed" "$WORLD/postgresql.json"
expect 0 "" "the live one with an archive of its own" $run restore staging 2026-11-18T10:15:00Z
expect 0 "postgresql-2" "is read from there" jq -r '.spec.externalClusters[0].plugin.parameters.serverName' "$WORLD/postgresql-20261118t101500z.json"
expect 2 "" "too many words" $run restore staging 2026-11-18T10:15:00Z a b c

# the live cluster is out of reach
fresh
expect 0 "" "a new cluster again" $run restore staging 2026-11-20T10:15:00Z
jq 'del(.metadata.annotations) | .metadata.name = "postgresql-handmade"' "$WORLD/$recovered.json" > "$WORLD/postgresql-handmade.json"
for command in dump delete; do
  expect 1 "is no cluster of a recovery" "$command of the live one" answer postgresql $run "$command" staging postgresql
  expect 1 "is no cluster of a recovery" "$command of another name" answer other $run "$command" staging other
  expect 1 "there is no cluster" "$command of nothing" answer postgresql-x $run "$command" staging postgresql-x
  expect 1 "was not made by a recovery" "$command of what a person has made" answer postgresql-handmade $run "$command" staging postgresql-handmade
done
expect 1 "not confirmed" "a deletion without a word" $run delete staging "$recovered"
expect 0 "" "all are there" test -e "$WORLD/$recovered.json" -a -e "$WORLD/postgresql-handmade.json"
expect 0 "" "the live one is as it was" untouched

# dump
expect 0 "20261120T021700Z" "a dump of it" $run dump staging "$recovered"
expect 0 "" "named after its moment, from its host" jq --exit-status --arg host "$recovered-rw.$namespace.svc" '.spec.template.spec.initContainers[0].env
  == [{name: "OTHER_HOST", value: $host}, {name: "MOMENT", value: "2026-11-20T10:15:00Z"}] and .spec.template.spec.initContainers[1].env == []' "$WORLD/job.json"
expect 1 "the job failed" "a dump that fails" env FAILED_JOB=yes $run dump staging "$recovered"

# delete
deleted() { answer "$recovered" $run delete staging "$recovered"; }
FAIL=delete expect 1 "could not be deleted" "a cluster that stays" deleted
expect 0 "is being deleted" "a cluster of a recovery" deleted
expect 1 "" "is gone" test -e "$WORLD/$recovered.json"
expect 0 "" "with its volume" grep -q "patch persistentvolume volume-of-$recovered --patch.*Delete" "$WORLD/calls"
expect 1 "" "and no other volume" grep -qE "patch persistentvolume volume-of-postgresql( |$)" "$WORLD/calls"
expect 0 "" "the live one is as it was" untouched

# drill
fresh
expect 0 "commit docs/restore-log.md" "a drill" $run drill staging
expect 0 "| point in time 2026-11-20T02:17:01Z | ok |" "is in the log" tail -n 1 docs/restore-log.md
expect 0 "@postgresql-drill-rw.$namespace.svc:5432/db" "it looks at the new cluster" cat "$WORLD/uri"
expect 0 "20261120T021700Z --uri-file" "and compares" grep -- --compare "$WORLD/run"
expect 1 "" "the cluster is gone" test -e "$WORLD/postgresql-drill.json"
DIFFERS=yes expect 1 "what came back is not what the manifest" "rows that differ" $run drill staging
expect 0 "**failed**" "are in the log" tail -n 1 docs/restore-log.md
expect 1 "" "and the cluster is gone" test -e "$WORLD/postgresql-drill.json"
NO_BACKUP=yes expect 1 "has no backup to compare with" "a drill without a backup" $run drill staging
NO_MANIFEST=yes expect 1 "could not be fetched" "a drill without a manifest" $run drill staging
NOT_READY=yes expect 1 "did not become ready" "a cluster that does not become ready" $run drill staging
expect 1 "" "is deleted too" test -e "$WORLD/postgresql-drill.json"
expect 0 "" "the live one is as it was" untouched

# interrupted, and once more while it cleans up
rm -f "$WORLD/waiting" "$WORLD/deleting"
SLOW=yes setsid $run drill staging > "$sandbox/interrupted" 2>&1 &
group=$!
for _ in $(seq 100); do [ ! -e "$WORLD/waiting" ] || break; sleep 0.1; done
kill -TERM -- "-$group"
for _ in $(seq 100); do [ ! -e "$WORLD/deleting" ] || break; sleep 0.1; done
kill -TERM -- "-$group" || true
wait "$group" || true
expect 0 "deleting postgresql-drill" "a drill that is interrupted twice" cat "$sandbox/interrupted"
expect 1 "" "leaves no cluster" test -e "$WORLD/postgresql-drill.json"
expect 0 "" "the live one is as it was" untouched

FAIL=delete expect 1 "it holds data of staging" "a cluster that stays" $run drill staging
expect 1 "another drill runs" "is in the way of the next" $run drill staging
finish
