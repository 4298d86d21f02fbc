#!/usr/bin/env bash
# Restores the Atlas cluster of an environment to a moment, into another cluster. For people; the
# procedure around it is docs/runbooks/restore.md.
#
#   scripts/atlas-pitr-restore.sh ENV --at 2026-11-20T10:15:00Z --target-project ID --target-cluster NAME
#     [--dry-run | --dump | --uri-file FILE]
#
# With --dump the restored data comes out of the target again, as a backup in restore/MOMENT that scripts/restore.sh takes once it
# is in the bucket; this needs mongodump and mongosh. With --uri-file FILE gets the connection string of a user who reads the target. Both let
# this machine into the target for six hours.
#
# Atlas wipes the target before it restores. Therefore the target is always a cluster in another
# project than the source, has to exist already, and is confirmed by typing its name. It needs atlas
# (signed in as Project Owner of both projects), jq, and terraform with access to the state of ENV.
set -euo pipefail

window_days=7

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "atlas-pitr-restore: $1" >&2
  exit 1
}

# GNU and BSD date read a moment differently.
epoch() {
  date -u -d "$1" +%s 2> /dev/null || date -u -j -f %Y-%m-%dT%H:%M:%SZ "$1" +%s
}

output() {
  terraform -chdir="$(dirname "$0")/../infra/terraform/environments/$environment" output -raw "$1"
}

environment="" at="" target_project="" target_cluster="" dry_run=false dump=false uri_file=""
while [ $# -gt 0 ]; do
  case "$1" in
    --at) [ $# -ge 2 ] || usage; at="$2"; shift 2 ;;
    --target-project) [ $# -ge 2 ] || usage; target_project="$2"; shift 2 ;;
    --target-cluster) [ $# -ge 2 ] || usage; target_cluster="$2"; shift 2 ;;
    --dry-run) dry_run=true; shift ;;
    --dump) dump=true; shift ;;
    --uri-file) [ $# -ge 2 ] || usage; uri_file="$2"; shift 2 ;;
    -*) usage ;;
    *) [ -z "$environment" ] || usage; environment="$1"; shift ;;
  esac
done
case "$environment" in
  staging) ;;
  prod) ;;
  *) usage ;;
esac
[ -n "$at" ] && [ -n "$target_project" ] && [ -n "$target_cluster" ] || usage

[[ "$at" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$ ]] || fail "--at must look like 2026-11-20T10:15:00Z (UTC)"
moment="$(epoch "$at")" || fail "--at is no moment: $at"
now="$(date -u +%s)"
[ "$moment" -lt "$now" ] || fail "--at is in the future"
[ "$moment" -ge $((now - window_days * 86400)) ] || fail "--at is more than $window_days days ago, which is the window; use a snapshot or a dump"
[[ "$target_project" =~ ^[0-9a-f]{24}$ ]] || fail "--target-project must be the id of a project, 24 hexadecimal digits"

source_project="$(output atlas_project_id)" || fail "the state of $environment does not say which project is the source"
source_cluster="$(output atlas_cluster_name)" || fail "the state of $environment does not say which cluster is the source"
[ -n "$source_project" ] && [ -n "$source_cluster" ] || fail "the state of $environment does not name the source"

# Both, so that a typing error in one of them cannot wipe the source.
[ "$target_project" != "$source_project" ] || fail "the target is in the project of the source; restore into another project and switch over to it"
[ "$target_cluster" != "$source_cluster" ] || fail "the target has the name of the source; give the scratch cluster another name"

state="$(atlas clusters describe "$target_cluster" --projectId "$target_project" --output json | jq -r .stateName)" ||
  fail "there is no cluster '$target_cluster' in project $target_project; make it first, at least as large as the source"
[ "$state" = IDLE ] || fail "the target is not ready: $state"

echo "source  $source_cluster in project $source_project, as of $at"
echo "target  $target_cluster in project $target_project, WIPED first"
if [ "$dry_run" = true ]; then
  echo "dry run: nothing was started"
  exit 0
fi
typed=""
printf 'Type %s to wipe it and restore: ' "$target_cluster"
read -r typed || true
[ "$typed" = "$target_cluster" ] || fail "not confirmed; nothing was changed"

job="$(atlas backups restores start pointInTime --clusterName "$source_cluster" --projectId "$source_project" \
  --pointInTimeUTCSeconds "$moment" --targetClusterName "$target_cluster" --targetProjectId "$target_project" \
  --output json | jq -r .id)" || fail "Atlas did not start the restore"
[ -n "$job" ] && [ "$job" != null ] || fail "Atlas named no restore job"
echo "restore job $job; waiting"
atlas backups restores watch "$job" --clusterName "$source_cluster" --projectId "$source_project" ||
  fail "the restore job $job did not finish; see: atlas backups restores describe $job --clusterName $source_cluster --projectId $source_project"
echo "restored: $target_cluster holds $source_cluster as of $at"
if [ "$dump" = false ] && [ -z "$uri_file" ]; then exit 0; fi

# The scratch project accepts no connections yet: it has no user and an empty access list.
end="$(jq --null-input --raw-output 'now + 21600 | floor | todate')"
password="$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
atlas accessLists create --currentIp --deleteAfter "$end" --projectId "$target_project" > /dev/null || fail "this machine was not let into project $target_project"
atlas dbusers delete dump --projectId "$target_project" --force > /dev/null 2>&1 || true
atlas dbusers create readAnyDatabase --username dump --password "$password" --deleteAfter "$end" --projectId "$target_project" > /dev/null ||
  fail "Atlas did not make a user in project $target_project"
address="$(atlas clusters connectionStrings describe "$target_cluster" --projectId "$target_project" --output json | jq --exit-status --raw-output .standardSrv)" ||
  fail "the address of $target_cluster is unknown"

umask 077
uri="mongodb+srv://dump:$password@${address#mongodb+srv://}/?authSource=admin"
if [ -n "$uri_file" ]; then
  # An older file would keep its mode.
  rm -f "$uri_file"
  printf '%s\n' "$uri" > "$uri_file"
fi
[ "$dump" = true ] || exit 0
backup="${at//[-:]/}"
folder="restore/$backup"
mkdir -p "$folder"
temporary="$(mktemp -d)"
trap 'rm -rf "$temporary"' EXIT
printf 'uri: "%s"\n' "$uri" > "$temporary/config.yaml"
printf '%s\n' "$uri" > "$temporary/uri"
# User and access list take effect after a minute or two.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  if mongodump --config="$temporary/config.yaml" --archive="$folder/dump.archive.gz" --gzip --quiet; then break; fi
  [ "$attempt" -lt 10 ] || fail "mongodump could not read $target_cluster"
  sleep "${POLL_SECONDS:-30}"
done
if command -v sha256sum > /dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
(cd "$folder" && "${sum[@]}" dump.archive.gz > dump.archive.gz.sha256)
# The manifest that every backup has, for restores and drills. Nothing changes in the target, so one inventory stands for both.
scripts="$(dirname "$0")/../k8s/components/backup/scripts"
URI_FILE="$temporary/uri" OUT="$temporary/before.json" mongosh --quiet --nodb --file "$scripts/inventory.js" ||
  fail "$target_cluster could not be counted"
cp "$temporary/before.json" "$temporary/after.json"
printf '%s\n' "$at" | tee "$temporary/started_at" > "$temporary/finished_at"
BACKUP="$backup" BYTES="$(wc -c < "$folder/dump.archive.gz" | tr -d ' ')" ENVIRONMENT="$environment" OUT="$folder/manifest.json" \
  SHA256="$(cut -d ' ' -f 1 "$folder/dump.archive.gz.sha256")" TOOLS="$(mongodump --version | head -n 1)" USE_OPLOG=false WORK="$temporary" \
  mongosh --quiet --nodb --file "$scripts/manifest.js" || fail "the manifest could not be written"
echo "dumped: $folder"
