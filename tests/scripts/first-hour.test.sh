#!/usr/bin/env bash
# docs/first-hour.md, from two empty accounts: its commands are carried out as the document has them, each step in a
# shell of its own, with the scripts of the repository and stand-ins that remember. No command may be missing. Steps that
# depend on each other may not change places; those that do not are listed here and may.
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

here="$sandbox/here"
export NAME="$name" REPO="$here/repo" WORLD="$here/world" HOME="$here/home" EDITOR=editor POLL_SECONDS=0
REPOSITORY="$(sed -n 's/^repository="\(.*\)"$/\1/p' scripts/github-preflight.sh)"
export REPOSITORY
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me@example.com GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me@example.com
for tool in aws terraform helm kubectl gh atlas npm; do ln -s "$stand_ins/first-hour" "$sandbox/bin/$tool"; done
for tool in session-manager-plugin sleep; do stand_in "$tool" <<< ""; done
stand_in editor <<< 'sed -i.bak "s/the value/s3cr3t/; s/the address/postgresql:\/\/db/" "$1" && rm "$1.bak"'

mkdir -p "$REPO/infra/terraform" "$REPO/k8s/platform" "$WORLD" "$HOME" "$here/tmp/staging" "$here/tmp/prod"
# Only what the commands read: each of many runs starts from a copy.
cp -R "$repository/scripts" "$repository/.gitignore" "$REPO"
cp -R "$repository"/infra/terraform/{bootstrap,environments,github,modules,registry} "$REPO/infra/terraform"
cp "$repository/k8s/platform/Chart.yaml" "$REPO/k8s/platform"
# Configuration and secrets without workloads: the platform brings the types of their objects.
roles="$(find "$repository/k8s" -maxdepth 1 -name '*roles')"
if [[ -n "$roles" ]]; then
  cat > "$REPO/scripts/deploy.sh" <<'TEXT'
#!/usr/bin/env bash
cluster="$(kubectl config current-context)" && [[ -e "$WORLD/charts/$cluster/external-secrets" ]] || exit 1
mkdir -p "$WORLD/data" && : > "$WORLD/data/$cluster"
TEXT
fi
if [[ -n "$roles" ]]; then cp -R "$roles" "$REPO/k8s"; fi
for folder in gateway mongodb postgresql; do
  if [[ -d "$repository/k8s/platform/$folder" ]]; then cp -R "$repository/k8s/platform/$folder" "$REPO/k8s/platform"; fi
done

# The steps of the document, and one folder of commands for each. The step of the secrets takes them from the page that it names,
# once per environment, each as in a shell of its own. Without a service that has one there is no such step.
steps="$sandbox/steps"
commands_of "$repository/docs/first-hour.md" '# The first hour' '## [0-9]*\. Go through the readiness report' "$steps"
secrets="$(grep -l 'secret values' "$steps"/*/title || true)"
for environment in ${secrets:+staging prod}; do
  commands_of <(sed "s/staging/$environment/g" "$repository/docs/secrets.md") '## Secrets' '## Configuration' "$sandbox/secrets"
  for file in "$sandbox"/secrets/*/[0-9]*; do
    sed -e "s#/tmp/#$here/tmp/$environment/#g" -e 's/^export /umask 022; &/' "$file" > "${secrets%/title}/$environment-${file##*/}"
  done
  rm -r "$sandbox/secrets"
done

# one STEP: carries its commands out, but not $WITHOUT. Tunnels of earlier steps have ended meanwhile.
one() (
  rm -f "$HOME"/.kube/*.tunnel
  cd "$REPO"
  unset AWS_PROFILE KUBECONFIG GITHUB_TOKEN
  for file in "$1"/*[0-9]; do
    [[ "$file" != "${WITHOUT-}" ]] || continue
    # In braces: without them bash 5.2 ends a subshell after the last command of `a && b`.
    eval "{ $(cat "$file")"$'\n}' <<< $'mdb_sa_id_x\nsecret' || { echo "in $(cat "$1/title"): $(head -n 1 "$file")"; return 1; }
  done
)

# first_hour STEP...: carries the steps out, and looks whether everything is there that the first hour is for.
first_hour() {
  local step
  for step in "$@"; do one "$step" || return 1; done
  [[ -e "$WORLD/promotion" ]] || lacks "the promotion" || return 1
  [[ ! -d "$repository/k8s/components/restore-drill" || -e "$WORLD/drill/$NAME-staging" ]] || lacks "the drill" || return 1
  [[ ! -d "$repository/k8s/base/database" || -e "$WORLD/reached/$NAME-staging" ]] || lacks "the check of the database" || return 1
  for environment in staging prod; do
    [[ -z "$roles" || -e "$WORLD/roles/$NAME-$environment" ]] || lacks "the roles of $environment" || return 1
  done
  [[ ! -e "$repository/k8s/base/broker/streams.json" || -e "$WORLD/streams/$NAME-staging" ]] || lacks "the streams" || return 1
  [[ ! -e "$repository/k8s/base/broker/streams.json" || -e "$WORLD/broker-backup/$NAME-staging" ]] || lacks "the backup of streams" || return 1
  [[ ! -d "$repository/k8s/platform/mongodb" || -e "$WORLD/base/$NAME-staging" ]] || lacks "the base of the change log" || return 1
  [[ -z "$(find "$here/tmp" -type f)" ]] || lacks "the removal of a file with secrets" || return 1
  for environment in staging prod; do
    [[ ! -e "$REPO/scripts/atlas-auditing.sh" || -e "$WORLD/auditing/project-$environment" ]] || lacks "the audit log of $environment" || return 1
    [[ ! -d "$REPO/infra/terraform/environments/$environment" || -e "$WORLD/alerts/$NAME-$environment" ]] || lacks "the test alert of $environment" || return 1
    [[ -d "$WORLD/$environment/secrets" ]] || continue
    while IFS= read -r secret; do
      [[ -e "${secret/\/secrets\//\/values\/}" ]] || lacks "the value of $secret" || return 1
    done < <(find "$WORLD/$environment/secrets" -type f)
  done
  echo "the first hour has ended"
}
lacks() {
  echo "missing: $1"
  return 1
}
# back STEP: to the state before it.
back() { rm -rf "$here" && cp -R "$sandbox/before-${1##*/}" "$here"; }

all=()
for step in "$steps"/*; do
  if compgen -G "$step/*[0-9]" > /dev/null; then all+=("$step"); fi
done
expect 0 "" "the document has its steps" test "${#all[@]}" -ge 9
for step in "${all[@]}"; do
  cp -R "$here" "$sandbox/before-${step##*/}"
  expect 0 "" "$(cat "$step/title")" one "$step"
done
expect 0 "the first hour has ended" "the order as the document has it" first_hour
[[ "$failed" -eq 0 ]] || finish

# What a later step does once more: nothing is missing at the end without these.
repeated='GITHUB_TOKEN="$(gh auth token)" terraform -chdir=infra/terraform/github apply'
# In a small system, where staging is a namespace of production's cluster, nothing of production waits for staging.
small=""
if [[ ! -d "$repository/infra/terraform/environments/staging" ]]; then
  small=yes
# On Atlas the audit log needs what production is made of before that.
elif [[ ! -e "$repository/scripts/atlas-auditing.sh" ]]; then
  repeated+=$'\nterraform -chdir=infra/terraform/environments/prod apply'
fi
for index in "${!all[@]}"; do
  for WITHOUT in "${all[index]}"/*[0-9]; do
    back "${all[index]}"
    status=1
    if grep -qxF -- "$(cat "$WITHOUT")" <<< "$repeated" && ! grep -q -e Delegate -e release "${all[index]}/title"; then status=0; fi
    # the secrets of production come first, with the same profile
    if [[ -n "$small" && "${WITHOUT##*/}" == staging-* && "$(cat "$WITHOUT")" == *"export AWS_PROFILE="* ]]; then status=0; fi
    expect "$status" "" "without: $(head -n 1 "$WITHOUT")" first_hour "${all[@]:index}"
  done
done
WITHOUT=""

# Pairs of neighbours that do not need each other, by what their titles contain.
independent="registry/Make staging
into Atlas/into the database
into the database/registry
audit log/Delegate
rules/platform
settings/platform
platform/secret values
change log/first backup
first backup/Make the streams
address of the database/secret values
roles of the database/secret values
users of the database/secret values
platform/address of the database"
if [[ -n "$small" ]]; then independent+=$'\nregistry/Make the cluster\nDelegate/rules\nDelegate/settings'; fi
for index in "${!all[@]}"; do
  [[ "$index" -gt 0 ]] || continue
  first="$(cat "${all[index - 1]}/title")" second="$(cat "${all[index]}/title")" status=1
  while IFS=/ read -r one two; do
    if [[ "$first" == *"$one"* && "$second" == *"$two"* ]]; then status=0; fi
  done <<< "$independent"
  back "${all[index - 1]}"
  expect "$status" "" "$second before: $first" first_hour "${all[index]}" "${all[index - 1]}" "${all[@]:index + 1}"
done
finish
