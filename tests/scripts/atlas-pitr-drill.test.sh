#!/usr/bin/env bash
# scripts/atlas-pitr-drill.sh: what it restores is compared and recorded, and its cluster is gone at every end.
# Only with scripts/atlas-pitr-drill.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"

scratch=fedcba987654321001234567
taken="$(date -u -d '-3 hours' +%Y-%m-%dT%H:%M:%SZ)"
moment="$(date -u -d "$taken +2 seconds" +%Y-%m-%dT%H:%M:%SZ)"
export POLL_SECONDS=0

# A world with a repository, whose log the drill writes, and a backup of this night: the manifest names what the source holds.
repository() {
  world
  mkdir -p "$STAND_IN/repo/docs" "$STAND_IN/s3/mongodb/20261128T021700Z"
  cp -R "$root/scripts" "$root/k8s" "$STAND_IN/repo/"
  cp "$root/docs/restore-log.md" "$STAND_IN/repo/docs/"
  echo archive > "$STAND_IN/s3/mongodb/20261128T021700Z/dump.archive.gz"
  jq --arg taken "$taken" '{environment: "staging", backup: "20261128T021700Z", recovery_point: $taken,
    documents: (map(.documents) | add), collections: map_values(. + {moving: false})}' "$STAND_IN/source.json" \
    > "$STAND_IN/s3/mongodb/20261128T021700Z/manifest.json"
  log="$STAND_IN/repo/docs/restore-log.md"
}
drill() {
  "$STAND_IN/repo/scripts/atlas-pitr-drill.sh" staging --scratch-project "$scratch" "$@"
}
no_cluster() {
  never "$1: no cluster is left" compgen -G "$STAND_IN/clusters/*"
}
unrecorded() {
  holds "$1: no row" cmp "$root/docs/restore-log.md" "$log"
}

repository
run 0 drill
says "$moment"
holds "of the size of the source" called "clusters create .*-pitr-drill --projectId $scratch --provider AWS --region EU_CENTRAL_1 --tier M30 --diskSizeGB 60 --mdbVersion 8.0"
holds "to a moment after the count" called "restores start pointInTime .*--pointInTimeUTCSeconds $(date -u -d "$moment" +%s) .*--targetProjectId $scratch"
holds "deleted in the scratch project" called "clusters delete .*-pitr-drill --projectId $scratch --force --watch"
holds "with a row" grep -qE "\| staging \| point in time $moment \| ok \| - \| [0-9ms ]+ \| by hand \|" "$log"
no_cluster "after a good drill"
never "the dump is not fetched" called "s3 cp .*dump.archive.gz"

for word in lose-document lose-index; do
  repository
  FAIL="restored:$word" run 1 drill
  says "is not what the manifest of 20261128T021700Z says"
  holds "$word is recorded" grep -qF '**failed**' "$log"
  no_cluster "$word"
done
for word in atlas:watch atlas:access mongosh:inventory.js mongosh:verify.js; do
  repository
  FAIL="$word" run 1 drill
  holds "$word is recorded" grep -qF "| point in time $moment | **failed**: " "$log"
  no_cluster "$word"
done
# Without a cluster nothing was drilled.
for word in atlas:create atlas:ready; do
  repository
  FAIL="$word" run 1 drill
  unrecorded "$word"
  no_cluster "$word"
done
# Ctrl-C, a closed terminal, and kill; while the cluster is made, and again while it is deleted.
repository
FAIL="atlas:killed" run 143 drill
unrecorded "killed"
no_cluster "killed"
repository
FAIL="atlas:killed-deleting" run 0 drill
no_cluster "killed while deleting"

repository
FAIL="atlas:delete" run 1 drill
says "could not be deleted; if it exists, it costs money"
says "atlas clusters delete"
# One that is left blocks the next drill, which must not adopt and delete what another run works on.
run 1 drill
says "exists: another drill runs, or one was killed"
repository
FAIL="atlas:delete-once" run 0 drill
no_cluster "deleted at the second attempt"

for word in terraform aws:list-objects-v2 get:manifest.json atlas:describe; do
  repository
  FAIL="$word" run 1 drill
  never "$word: nothing was made" called "clusters create"
  unrecorded "$word"
done
repository
scratch=0123456789abcdef01234567 run 1 drill
says "the scratch project is that of staging"
scratch=drills run 1 drill
says "24 hexadecimal digits"
run 2 "$STAND_IN/repo/scripts/atlas-pitr-drill.sh" other --scratch-project "$scratch"
run 2 drill --at "$moment"
never "nothing was made" called "clusters create"

finish
