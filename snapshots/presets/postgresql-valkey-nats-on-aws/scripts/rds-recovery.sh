#!/usr/bin/env bash
# Recovers the database of ENV to a moment, by RDS, always into a new instance: the one that is there is only read. For people; the
# procedures around it are docs/runbooks/restore.md and docs/restore-drill.md.
#
#   scripts/rds-recovery.sh restore ENV MOMENT      make an instance of that moment, such as 2026-11-20T10:15:00Z, and print its name;
#                                             repeated, it goes on waiting
#   scripts/rds-recovery.sh dump ENV INSTANCE       dump it beside the other backups, named after its moment
#   scripts/rds-recovery.sh switch ENV INSTANCE     let it take the place of the live one, which is renamed
#   scripts/rds-recovery.sh delete ENV INSTANCE     delete an instance that a recovery has made or replaced
#   scripts/rds-recovery.sh drill ENV               restore the moment of the newest backup, compare every row with it,
#                                             add a row to docs/restore-log.md, and delete the instance
#
# ENV is staging or prod. A new instance takes half an hour or more, and costs what the live one does. It needs aws (signed in to
# the account of ENV) and jq; for `dump` and `drill` kubectl on the cluster of ENV (scripts/cluster-connect.sh ENV).
set -euo pipefail
cd "$(dirname "$0")/.."

name=shop
namespace=shop
region=eu-central-1
log=docs/restore-log.md

usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

fail() {
  echo "rds-recovery: $1" >&2
  exit 1
}

rds() {
  aws rds "$@" --region "$region"
}

confirm() {
  local typed=""
  echo "$2" >&2
  printf 'Type %s to go on: ' "$1" >&2
  read -r typed || true
  [ "$typed" = "$1" ] || fail "not confirmed; nothing was changed"
}

described() {
  rds describe-db-instances --db-instance-identifier "$1" --query 'DBInstances[0]' --output json
}

host_of() {
  described "$1" | jq --exit-status --raw-output .Endpoint.Address
}

# An instance that this script made or renamed, never the live one.
other_instance() {
  [[ "$1" == "$source"-* ]] || fail "$1 is no instance of a recovery of $environment; their names begin with $source-"
  described "$1" > /dev/null || fail "there is no instance $1"
}

# make TARGET MOMENT [MORE...]: with the network, the settings and the keys of the live one.
make() {
  local target="$1" moment="$2" live argument arguments
  shift 2
  live="$(described "$source")" || fail "RDS does not know $source"
  jq --exit-status '.PubliclyAccessible == false' <<< "$live" > /dev/null || fail "$source is public; that is not what Terraform made"
  arguments=()
  while IFS= read -r argument; do arguments+=("$argument"); done < <(jq --raw-output '
    "--db-instance-class", .DBInstanceClass,
    "--db-subnet-group-name", .DBSubnetGroup.DBSubnetGroupName,
    "--db-parameter-group-name", .DBParameterGroups[0].DBParameterGroupName,
    (if .MaxAllocatedStorage then "--max-allocated-storage", (.MaxAllocatedStorage | tostring) else empty end),
    "--vpc-security-group-ids", .VpcSecurityGroups[].VpcSecurityGroupId' <<< "$live")
  rds restore-db-instance-to-point-in-time --source-db-instance-identifier "$source" --target-db-instance-identifier "$target" \
    --restore-time "$moment" --no-publicly-accessible --ca-certificate-identifier rds-ca-rsa2048-g1 \
    --enable-cloudwatch-logs-exports postgresql upgrade \
    --copy-tags-to-snapshot --tags "Key=moment,Value=$moment" "Key=project,Value=$name" "Key=environment,Value=$environment" \
    "${arguments[@]}" "$@" > /dev/null || fail "RDS did not make $target"
  available "$target" || fail "$target did not become available; see the events of RDS"
}

# Waits up to four hours: a large instance takes longer than the half hour that aws waits.
available() {
  local attempt
  for attempt in $(seq 480); do
    [ "$(described "$1" | jq --raw-output .DBInstanceStatus)" != available ] || return 0
    [ "$attempt" = 480 ] || sleep "${POLL_SECONDS:-30}"
  done
  return 1
}

# RDS makes a password of postgres, keeps it in Secrets Manager and changes it every week, as for the live instance.
own_password() {
  local key
  key="$(described "$source" | jq --exit-status --raw-output .MasterUserSecret.KmsKeyId)" || fail "the key of the password of postgres is unknown"
  rds modify-db-instance --db-instance-identifier "$1" --manage-master-user-password --master-user-secret-kms-key-id "$key" \
    --apply-immediately > /dev/null || fail "RDS did not take over the password of postgres in $1"
  available "$1" || fail "$1 did not become available; see the events of RDS"
}

# remove INSTANCE [OPTION...]: without a snapshot, and with its automated backups, unless the options say otherwise.
remove() {
  local instance="$1"
  shift
  [ $# -gt 0 ] || set -- --skip-final-snapshot --delete-automated-backups
  rds modify-db-instance --db-instance-identifier "$instance" --no-deletion-protection --apply-immediately > /dev/null || true
  rds delete-db-instance --db-instance-identifier "$instance" "$@" > /dev/null
}

connected() {
  local context
  context="$(kubectl config current-context || true)"
  [[ "$context" == "$name-$environment" ]] || fail "kubectl is connected to '$context', not to $name-$environment; run: scripts/cluster-connect.sh $environment"
}

restore() {
  local target
  [ $# = 1 ] || usage
  [[ "$1" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$ ]] || fail "the moment has the form 2026-11-20T10:15:00Z, in UTC"
  target="$source-$(tr -d ':-' <<< "$1" | tr '[:upper:]' '[:lower:]')"
  if described "$target" > /dev/null 2>&1; then
    available "$target" || fail "$target did not become available; see the events of RDS"
  else
    make "$target" "$1" --multi-az --deletion-protection
  fi
  own_password "$target"
  echo "host  $(host_of "$target")"
  echo "$target"
}

dump() {
  local host moment job
  [ $# = 1 ] || usage
  other_instance "$1"
  connected
  host="$(host_of "$1")"
  moment="$(described "$1" | jq --exit-status --raw-output '.TagList[] | select(.Key == "moment").Value')" || fail "$1 does not say of which moment it is"
  job="postgresql-backup-$(date -u +%Y%m%d%H%M%S)"
  kubectl -n "$namespace" create job "$job" --from=cronjob/postgresql-backup --dry-run=client -o json |
    jq --arg host "$host" --arg moment "$moment" '(.spec.template.spec.initContainers[] | select(.name == "dump")).env
      += [{name: "OTHER_HOST", value: $host}, {name: "MOMENT", value: $moment}]' |
    kubectl -n "$namespace" create -f - > /dev/null || fail "the job could not be made"
  scripts/wait-job.sh "$namespace" "$job" || fail "the job failed: kubectl -n $namespace logs job/$job --all-containers"
  scripts/restore.sh list "$environment" | tail -n 3
}

switch() {
  local replaced="$source-replaced"
  [ $# = 1 ] || usage
  other_instance "$1"
  if described "$replaced" > /dev/null 2>&1; then fail "$replaced is there from an earlier recovery; delete it first, when it is not needed"; fi
  confirm "$source" "Services lose the database for some minutes. $source becomes $replaced, and $1 becomes $source."
  rds modify-db-instance --db-instance-identifier "$source" --new-db-instance-identifier "$replaced" --apply-immediately > /dev/null ||
    fail "RDS did not rename $source; nothing was changed"
  renamed "$replaced" || fail "$source did not become $replaced; see the events of RDS"
  rds modify-db-instance --db-instance-identifier "$1" --new-db-instance-identifier "$source" --apply-immediately > /dev/null ||
    fail "RDS did not rename $1; give the live one its name back: aws rds modify-db-instance --region $region --db-instance-identifier $replaced --new-db-instance-identifier $source --apply-immediately"
  renamed "$source" || fail "$1 did not become $source; see the events of RDS"
  cat << DONE
$1 is $source now, and the one that was is $replaced. Passwords of roles are those of its moment:
  scripts/postgresql-roles.sh $environment
Terraform still knows the old one, and copies its backups. Before anything is applied:
  terraform -chdir=infra/terraform/environments/$environment init
  terraform -chdir=infra/terraform/environments/$environment state rm module.environment.module.postgresql.aws_db_instance.this \\
    module.environment.module.postgresql.aws_db_instance_automated_backups_replication.this
  terraform -chdir=infra/terraform/environments/$environment import module.environment.module.postgresql.aws_db_instance.this $source
  terraform -chdir=infra/terraform/environments/$environment apply
Afterwards its backups must be copied to eu-west-1: an instance with the status replicating, of today.
  aws rds describe-db-instance-automated-backups --region eu-west-1 --query 'DBInstanceAutomatedBackups[].[DBInstanceIdentifier,Status,RestoreWindow.LatestTime]' --output text
DONE
}

# A name takes a while to change, and the instance to come back.
renamed() {
  local attempt
  for attempt in $(seq 60); do
    if described "$1" > /dev/null 2>&1; then
      available "$1"
      return
    fi
    [ "$attempt" = 60 ] || sleep "${POLL_SECONDS:-10}"
  done
  return 1
}

delete() {
  [ $# = 1 ] || usage
  other_instance "$1"
  if [ "$1" = "$source-replaced" ]; then
    # It is what production was: its last snapshot and its automated backups stay.
    confirm "$1" "$1 is gone afterwards, but for a snapshot of now and its automated backups."
    remove "$1" --final-db-snapshot-identifier "$1-$(date -u +%Y%m%d%H%M)" --no-delete-automated-backups || fail "$1 could not be deleted"
  else
    confirm "$1" "$1 and its automated backups are gone afterwards, without a snapshot."
    remove "$1" || fail "$1 could not be deleted"
  fi
  echo "$1 is being deleted"
}

drill() {
  local bucket backup moment host status=0 started
  [ $# = 0 ] || usage
  connected
  case "$environment" in
    staging) bucket="shop-staging-backups-111122223333" ;;
    prod) bucket="shop-prod-backups-444455556666" ;;
  esac
  target="$source-drill"
  if described "$target" > /dev/null 2>&1; then
    fail "$target exists: another drill runs, or one was killed; then delete it first: scripts/rds-recovery.sh delete $environment $target"
  fi
  work="$(mktemp -d)"
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  backup="$(scripts/restore.sh list "$environment" | tail -n 1 | cut -d ' ' -f 1)" || fail "$environment has no backup to compare with"
  aws s3 cp --only-show-errors --region eu-west-1 "s3://$bucket/postgresql/$backup/manifest.json" "$work/manifest.json" ||
    fail "the manifest of $backup could not be fetched"
  # Everything that the backup holds was committed before the end of this second.
  moment="$(jq --exit-status --raw-output '.recovery_point | fromdateiso8601 + 1 | todate' "$work/manifest.json")" || fail "the manifest of $backup names no moment"
  echo "source  $source as of $moment (backup $backup)"
  echo "target  $target, deleted at the end"
  started="$(date -u +%s)"
  made=true
  make "$target" "$moment" --no-multi-az --no-deletion-protection
  host="$(host_of "$target")"
  umask 077
  # The roles have the passwords of that moment.
  kubectl -n "$namespace" get secret postgresql-backup -o 'jsonpath={.data.uri}' | base64 -d | sed "s/@[^:]*:/@$host:/" > "$work/uri"
  WITHIN_A_SECOND=true scripts/restore.sh run "$environment" "$backup" --uri-file "$work/uri" --compare || status=$?
  jq --null-input --compact-output --arg environment "$environment" --arg at "$moment" --argjson seconds "$(($(date -u +%s) - started))" \
    --argjson ok "$([ "$status" = 0 ] && echo true || echo false)" '{ok: $ok, environment: $environment, backup: "point in time \($at)",
      rto_seconds: $seconds, finished_at: (now | floor | todate)} + (if $ok then {} else {error: "the rows differ from the backup, or could not be compared"} end)' |
    scripts/record-drill.sh "$log"
  [ "$status" = 0 ] || fail "what came back is not what the manifest of $backup says; the log of the job names it"
  echo "commit $log"
}

made=false work="" target=""
clean_up() {
  local status=$? attempt
  # A second Ctrl-C must not leave the instance.
  trap '' INT TERM HUP
  rm -rf "$work"
  if [ "$made" = true ]; then
    echo "deleting $target"
    # One that is being made cannot be deleted yet.
    for attempt in $(seq 60); do
      if remove "$target"; then exit "$status"; fi
      [ "$attempt" = 60 ] || sleep "${POLL_SECONDS:-30}"
    done
    echo "rds-recovery: $target could not be deleted; if it exists, it costs money and holds data of $environment" >&2
    exit 1
  fi
  exit "$status"
}

[ $# -ge 2 ] || usage
command="$1" environment="$2"
shift 2
[[ "$environment" =~ ^(staging|prod)$ ]] || usage
source="$name-$environment"
case "$command" in
  restore | dump | switch | delete | drill) "$command" "$@" ;;
  *) usage ;;
esac
