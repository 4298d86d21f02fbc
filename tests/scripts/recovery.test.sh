#!/usr/bin/env bash
# The order of recovery of docs/disaster-recovery.md, from two empty accounts: its commands are carried out as the document has
# them, with the scripts of the repository and stand-ins that remember. No command of it may be missing, and none of its steps may
# change places with the next. With OBJECT_STORAGE=moto the object storage is a real one, and the order is carried out once.
# Only with scripts/restore.sh
# Also on core/existing-cache/redis
# shellcheck disable=SC2016,SC1003 # what is in single quotes is expanded later; a line may end with a backslash
KUBECTL="$(command -v kubectl)"
REAL_AWS=""
if [[ "${OBJECT_STORAGE-}" == moto ]]; then REAL_AWS="$(command -v aws)"; fi
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

mkdir "$sandbox/home"
cp -R "$repository/infra" "$repository/k8s" "$sandbox/repo"
stand_in kubectl <<'TEXT'
input=""
case " $* " in *" --filename - "*) IFS= read -r -d '' input || true ;; esac
exec 3<> "/dev/tcp/127.0.0.1/$CLUSTER_PORT"
printf '%s\0' "$PWD" "${KUBECONFIG-}" "$input" "$#" "$@" >&3
for field in status output errors; do IFS= read -r -d '' "${field?}" <&3; done
printf '%s' "$errors" >&2
printf '%s' "$output"
exit "$status"
TEXT
for tool in aws terraform atlas helm gh; do ln -s "$stand_ins/account" "$sandbox/bin/$tool"; done
for tool in session-manager-plugin sleep; do stand_in "$tool" <<< ""; done
stand_in smoke <<'TEXT'
state="$WORLD/clusters/$NAME-$1"
jq -e '[.objects[] | select(.live.kind == "Deployment") | .live.status.availableReplicas // 0] | min > 0' "$state" > /dev/null
TEXT
ln -sf "$sandbox/bin/smoke" scripts/smoke.sh
for script in check-images verify-images; do
  printf '#!/usr/bin/env bash\n[ -e "$WORLD/images" ] || { echo "no image"; exit 1; }\n' > "scripts/$script.sh"
done
export NAME="$name" REPO="$PWD" HOME="$sandbox/home" WORLD="$sandbox/world" KUBECTL REAL_AWS
export POLL_SECONDS=0 SYNC_SECONDS=0 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
backup=20261121T021700Z
# The job of backups, and what its archive is called.
job="$(sed -n 's/^  name: \(.*-backup\)$/\1/p' k8s/components/backup/cronjob.yaml)"
archive=dump.archive.gz
if [[ "$job" == postgresql-backup ]]; then archive=dump.tar; fi
if [[ "$job" == mysql-backup ]]; then archive=dump.sql.gz; fi
"$stand_ins/resident" "$stand_ins/cluster" "$sandbox/port" &
servers=("$!")
trap 'kill "${servers[@]}"; rm -rf "$sandbox"' EXIT
until [ -s "$sandbox/port" ]; do /bin/sleep 0.1; done
CLUSTER_PORT="$(cat "$sandbox/port")"
export CLUSTER_PORT

# A step is a section of the document, below the heading with the number 101. $steps: one command a file, COMMAND.STEP.
steps="$sandbox/steps"
mkdir "$steps"
commands_of "$repository/docs/disaster-recovery.md" '## Order of recovery' '## Not covered' "$sandbox/document"
for file in "$sandbox"/document/*/[0-9]*; do
  step="${file%/*}"
  mv "$file" "$steps/${file##*/}.$((${step##*/} - 101))"
done

# Stands in for a person who enters the values of secrets, which are kept elsewhere.
stand_in editor <<'TEXT'
for file in "$@"; do echo '{}' > "$file"; done
TEXT
export EDITOR=editor

# fresh: two empty accounts, and a backup that people keep.
fresh() {
  rm -rf "$WORLD" "$HOME/.kube" restore infra
  mkdir -p "$WORLD" "restore/$backup"
  cp -R "$repository/infra" infra
  printf true > "$WORLD/deployments_enabled"
  (
    cd "restore/$backup" || exit 1
    echo '{"shop.orders": 500}' | gzip > "$archive"
    sha256sum "$archive" > "$archive.sha256"
    printf '{\n  "bytes": %s,\n}\n' "$(wc -c < "$archive")" > manifest.json
  )
}

# What must hold after each command.
sound() {
  [ ! -e "$WORLD/merged" ] || { echo "a merge was deployed meanwhile"; return 1; }
  [ -e "$WORLD/delegated" ] || [ ! -e "$WORLD/prod/applied/environments/prod" ] || { echo "the zone of staging is not delegated"; return 1; }
  [ ! -e "$WORLD/clusters/$name-prod" ] || ! grep -q '"empty":true' "$WORLD/clusters/$name-prod" \
    || { echo "services started on an empty database"; return 1; }
}

# recover FILE...: carries the commands out, in one shell, and looks whether production runs on its data. What they ask is
# answered: the credentials of Atlas, and the name of what is at stake.
recover() {
  local file
  (
    unset AWS_PROFILE KUBECONFIG
    # shellcheck source=/dev/null
    [ ! -e "$WORLD/environment" ] || . "$WORLD/environment"
    for file in "$@"; do
      echo "--> $(head -n 1 "$file")"
      answers="$name-prod"
      if grep -q put-atlas "$file"; then answers=$'mdb_sa_id_x\nsecret'; fi
      # shellcheck source=/dev/null
      [[ -d "$sandbox/kept/${file##*/}" ]] || keep "${file##*/}"
      # shellcheck source=/dev/null
      . "$file" <<< "$answers" || exit 1
      sound || exit 1
      export -p | grep -E ' (AWS_PROFILE|KUBECONFIG)=' > "$WORLD/environment" || true
    done
  ) || return 1
  smoke staging || { echo "staging does not run"; return 1; }
  smoke prod || { echo "production does not run"; return 1; }
  [ "$(jq -r .data "$WORLD/clusters/$name-prod")" = "$backup" ] || { echo "the data is missing"; return 1; }
  jq -e '.objects["cronjob/'"$job"'"].live.spec.suspend == "false"' "$WORLD/clusters/$name-prod" > /dev/null \
    || { echo "backups stay suspended"; return 1; }
  echo "production runs on its data"
}

if [[ -n "$REAL_AWS" ]]; then
  port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
  moto_server -H 127.0.0.1 -p "$port" > "$sandbox/moto.log" 2>&1 &
  servers+=("$!")
  export AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_PAGER=""
  for _ in $(seq 60); do
    if "$REAL_AWS" s3api list-buckets --region us-east-1 > /dev/null 2>&1; then break; fi
    /bin/sleep 0.5
  done
fi

files=("$steps"/*)
expect 0 "" "the document has commands" test "${#files[@]}" -gt 12
fresh
# Before each command of the good run the world is kept: what follows goes on from there.
keep() { mkdir -p "$sandbox/kept/$1" && cp -R "$WORLD" "$HOME" infra restore "$sandbox/kept/$1"; }
back() {
  rm -rf "$WORLD" "$HOME" infra restore
  cp -R "$sandbox/kept/$1/." "$sandbox"
  mv "$sandbox/infra" "$sandbox/restore" .
}
expect 0 "production runs on its data" "the order as the document has it" recover "${files[@]}"
if [[ -z "$REAL_AWS" ]]; then
  for index in "${!files[@]}"; do
    back "${files[index]##*/}"
    expect 1 "" "without: $(head -n 1 "${files[index]}")" recover "${files[@]:index + 1}"
  done
  last="${files[-1]##*.}"
  for step in $(seq 2 "$last"); do
    back "$(basename "$(find "$steps" -name "*.$((step - 1))" | sort | head -n 1)")"
    mapfile -t swapped < <(find "$steps" -name "*.$step" | sort; find "$steps" -name "*.$((step - 1))" | sort)
    for later in $(seq $((step + 1)) "$last"); do mapfile -t -O "${#swapped[@]}" swapped < <(find "$steps" -name "*.$later" | sort); done
    expect 1 "" "step $step before step $((step - 1))" recover "${swapped[@]}"
  done
fi
finish
