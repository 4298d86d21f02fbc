#!/usr/bin/env bash
# Restores a dump of PostgreSQL. For people; the procedure around it is docs/runbooks/restore.md.
#
#   scripts/restore.sh list ENV                         which backups there are
#   scripts/restore.sh fetch ENV BACKUP [FOLDER]        download one and check it (FOLDER: restore/BACKUP)
#   scripts/restore.sh target ENV FILE                  write the address with the user `postgres` into FILE
#   scripts/restore.sh run ENV BACKUP --uri-file FILE   restore into the server of ENV, by a job in the cluster
#
# ENV is staging or prod; BACKUP is a name that `list` prints, or `latest`. Options of `run`:
#   --uri-file FILE   file with the address of the target, with a user who may write
#   --dry-run         fetch and read everything in the cluster, write nothing
#   --in-place        replace the live tables, all or nothing; without it the data comes back beside
#                     them, in a database named restored_BACKUP
#   --only TABLE      one table with its schema, such as public.orders; without its indexes
#   --compare         restore nothing: compare every row of the target with the backup
#   --from ENV        take the backup of another environment
#
# It needs aws (signed in to the account of the backup) and jq; for `run` kubectl on the cluster of ENV
# (scripts/cluster-connect.sh ENV). Replacing live
# data, or moving production data elsewhere, has to be confirmed by typing the name of what is at stake.
set -euo pipefail

name=shop
namespace=shop
region=eu-west-1
prefix=postgresql

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "restore: $1" >&2
  exit 1
}

bucket_of() {
  case "$1" in
    staging) echo "$name-staging-backups-111122223333" ;;
    prod) echo "$name-prod-backups-444455556666" ;;
    *) fail "unknown environment '$1'" ;;
  esac
}

# "NAME<TAB>BYTES" of every complete backup, newest last. Without its manifest a backup is not complete.
backups() {
  local listing
  listing="$(aws s3api list-objects-v2 --bucket "$1" --region "$region" --prefix "$prefix/" \
    --query 'Contents[].[Key,Size]' --output text)" || fail "s3://$1 could not be listed"
  awk -F '\t' '
    { split($1, part, "/") }
    $1 ~ /\/dump\.tar$/ { bytes[part[2]] = $2 }
    $1 ~ /\/manifest\.json$/ { complete[part[2]] = 1 }
    END { for (backup in complete) if (backup in bytes) print backup "\t" bytes[backup] }
  ' <<< "$listing" | LC_ALL=C sort
}

# The backup with this name, or the newest.
choose() {
  local all found
  all="$(backups "$1")" || exit 1
  if [ "$2" = latest ]; then
    found="$(tail -n 1 <<< "$all" | cut -f 1)"
  else
    found="$(awk -F '\t' -v name="$2" '$1 == name { print $1 }' <<< "$all")"
  fi
  [ -n "$found" ] || fail "there is no complete backup '$2' in s3://$1; see: scripts/restore.sh list ENV"
  echo "$found"
}

sha256_check() {
  if command -v sha256sum > /dev/null; then sha256sum --check --quiet "$1"; else shasum -a 256 --check --quiet "$1"; fi
}

confirm() {
  local typed=""
  echo "$2" >&2
  printf 'Type %s to go on: ' "$1" >&2
  read -r typed || true
  [ "$typed" = "$1" ] || fail "not confirmed; nothing was changed"
}

list() {
  local bucket
  [ $# = 1 ] || usage
  bucket="$(bucket_of "$1")"
  backups "$bucket" | awk -F '\t' '
    { printf "%s  %12d bytes\n", $1, $2 }
    END { if (NR == 0) { print "no complete backup" > "/dev/stderr"; exit 1 } }'
}

fetch() {
  local bucket backup folder file bytes
  [ $# = 2 ] || [ $# = 3 ] || usage
  bucket="$(bucket_of "$1")"
  backup="$(choose "$bucket" "$2")"
  folder="${3:-restore/$backup}"
  mkdir -p "$folder"
  for file in manifest.json dump.tar.sha256 dump.tar; do
    aws s3 cp --only-show-errors --region "$region" "s3://$bucket/$prefix/$backup/$file" "$folder/$file" ||
      fail "$file could not be fetched"
  done
  (cd "$folder" && sha256_check dump.tar.sha256) || fail "the archive does not match its checksum: do not use it"
  tar -tf "$folder/dump.tar" > /dev/null || fail "the archive is damaged: do not use it"
  bytes="$(wc -c < "$folder/dump.tar" | tr -d ' ')"
  grep -q "\"bytes\": $bytes," "$folder/manifest.json" || fail "the manifest names another size: do not use it"
  echo "$folder: $bytes bytes, checksum and manifest match"
}

target() {
  local environment="${1:-}" instance secret host
  [ $# = 2 ] || usage
  bucket_of "$environment" > /dev/null
  umask 077
  mkdir -p "$(dirname "$2")"
  instance="$(aws rds describe-db-instances --region eu-central-1 --db-instance-identifier "$name-$environment" \
    --query 'DBInstances[0].[Endpoint.Address,MasterUserSecret.SecretArn]' --output text)" || fail "RDS does not know $name-$environment; was it created by Terraform?"
  IFS=$'\t' read -r host secret <<< "$instance"
  # RDS keeps the password of postgres, and changes it every week.
  aws secretsmanager get-secret-value --region eu-central-1 --secret-id "$secret" --query SecretString --output text |
    jq --exit-status --raw-output --arg host "$host" \
      '"postgresql://\(.username | @uri):\(.password | @uri)@\($host):5432/shop?sslmode=verify-full&sslrootcert=/etc/postgresql/ca.pem"' > "$2" ||
    fail "the password of postgres cannot be read"
  echo "$2: a user who may write into the database of $environment; delete the file when you are done"
}

# The environment recorded in the cluster that kubectl is connected to.
connected_environment() {
  local settings
  settings="$(kubectl -n "$namespace" get cronjob postgresql-backup \
    -o 'jsonpath={.spec.jobTemplate.spec.template.spec.containers[0].envFrom[0].configMapRef.name}')" || return 1
  kubectl -n "$namespace" get configmap "$settings" -o 'jsonpath={.data.ENVIRONMENT}'
}

# Seconds until the AWS session of this shell ends; nothing when it does not, or is unknown.
session_left() {
  aws configure export-credentials --format process 2> /dev/null | jq --raw-output '
    .Expiration // empty | sub("\\.[0-9]+"; "") | sub("\\+00:00$"; "Z") | fromdateiso8601 - now | floor' 2> /dev/null || true
}

run() {
  local environment source bucket backup uri_file="" mode=beside only="" connected state left dry_run=false compare=false temporary files links
  [ $# -ge 2 ] || usage
  environment="$1" backup="$2" source="$1"
  shift 2
  while [ $# -gt 0 ]; do
    case "$1" in
      --uri-file) [ $# -ge 2 ] || usage; uri_file="$2"; shift 2 ;;
      --only) [ $# -ge 2 ] || usage; only="$2"; shift 2 ;;
      --from) [ $# -ge 2 ] || usage; source="$2"; shift 2 ;;
      --in-place) mode=in-place; shift ;;
      --dry-run) dry_run=true; shift ;;
      --compare) compare=true; shift ;;
      *) usage ;;
    esac
  done
  [ -n "$uri_file" ] || fail "--uri-file is missing: the target is never guessed"
  [ -s "$uri_file" ] || fail "$uri_file is missing or empty"
  if [ -n "$only" ]; then
    [[ "$only" =~ ^[^.]+\.[^.]+$ ]] || fail "--only wants SCHEMA.TABLE, such as public.orders"
  fi
  bucket_of "$environment" > /dev/null
  bucket="$(bucket_of "$source")"
  backup="$(choose "$bucket" "$backup")"

  connected="$(connected_environment)" ||
    fail "kubectl does not reach the cluster; run: scripts/cluster-connect.sh $environment"
  [ "$connected" = "$environment" ] || fail "kubectl is connected to '$connected', not to '$environment'"
  state="$(kubectl -n "$namespace" get job postgresql-restore --ignore-not-found -o 'jsonpath={.status.active}')" ||
    fail "the state of the last restore is unknown"
  [ -z "$state" ] || [ "$state" = 0 ] || fail "a restore is running already (job postgresql-restore)"

  # A signed link dies with the session that signed it, however long it was meant to hold. The job has to begin each
  # download before that.
  left="$(session_left)"
  [ -z "$left" ] || [ "$left" -ge 900 ] ||
    fail "your AWS session ends in $((left / 60)) minutes, and the links to the backup with it; sign in again"

  echo "backup  $backup of $source"
  if [ "$compare" = true ]; then
    mode=compare dry_run=true
    echo "target  compared with the backup, only looked at"
  elif [ "$dry_run" = true ]; then
    mode=check
    echo "target  database of $environment, only looked at"
  elif [ "$mode" = in-place ]; then
    echo "target  database of $environment, ${only:-every table} REPLACED"
    confirm "$name-$environment" "Every table of the backup replaces the live one in $environment; what was written since $backup is gone."
  else
    echo "target  database of $environment, beside the live data: restored_$backup"
  fi
  if [ "$source" != "$environment" ] && [ "$source" = prod ] && [ "$dry_run" = false ]; then
    confirm "$name-prod" "This copies production data, with everything personal in it, into $environment."
  fi

  temporary="$(mktemp -d)"
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$temporary'; kubectl -n '$namespace' delete secret/postgresql-restore configmap/postgresql-restore --ignore-not-found > /dev/null" EXIT
  chmod 700 "$temporary"
  files=(manifest.json) links=()
  [ "$compare" = true ] || files+=(dump.tar dump.tar.sha256)
  for file in "${files[@]}"; do
    links+=("--from-file=$temporary/$file.url")
    aws s3 presign "s3://$bucket/$prefix/$backup/$file" --region "$region" --expires-in 14400 > "$temporary/$file.url" ||
      fail "$file could not be signed"
  done
  kubectl -n "$namespace" delete job/postgresql-restore secret/postgresql-restore configmap/postgresql-restore --ignore-not-found > /dev/null ||
    fail "what the last restore left could not be removed"
  kubectl -n "$namespace" create secret generic postgresql-restore --from-file=uri="$uri_file" \
    "${links[@]}" > /dev/null ||
    fail "the Secret could not be made"
  kubectl -n "$namespace" create configmap postgresql-restore --from-literal=MODE="$mode" \
    --from-literal=WITHIN_A_SECOND="${WITHIN_A_SECOND:-false}" \
    --from-literal=OWNER=owner --from-literal=DATABASE="restored_$backup" --from-literal=ONLY="$only" > /dev/null ||
    fail "the ConfigMap could not be made"
  kubectl apply --server-side --force-conflicts --field-manager=restore -k "$(dirname "$0")/../k8s/restore" || fail "the job could not be made"

  echo "waiting for the job; its log: kubectl -n $namespace logs -f job/postgresql-restore --all-containers"
  if ! "$(dirname "$0")/wait-job.sh" "$namespace" postgresql-restore; then
    kubectl -n "$namespace" logs job/postgresql-restore --all-containers --ignore-errors --tail=20 >&2 || true
    fail "the job did not complete, in mode $mode; read its log before you try again"
  fi
  kubectl -n "$namespace" logs job/postgresql-restore -c restore --tail=5 || echo "restore: the log of the job cannot be read" >&2
  echo "restored: $backup of $source, mode $mode"
}

[ $# -ge 1 ] || usage
command="$1"
shift
case "$command" in
  list | fetch | target | run) "$command" "$@" ;;
  *) usage ;;
esac
