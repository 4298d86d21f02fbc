#!/usr/bin/env bash
# Tests of the services' docker-entrypoint.sh.
# shellcheck disable=SC2016 # what is in single quotes is expanded later, or never
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

mkdir secrets
export SECRETS_DIRECTORY="$PWD/secrets"
printf 'value with spaces and $(id)\n' > secrets/SESSION_KEY
mapfile -t entrypoints < <(find "$repository" -name docker-entrypoint.sh | sort)
expect 0 "" "services have an entrypoint" test "${#entrypoints[@]}" -gt 0
for entrypoint in "${entrypoints[@]}"; do
  service="$(basename "$(dirname "$entrypoint")")"
  expect 0 'value with spaces and $(id)' "$service: a file becomes a variable" sh "$entrypoint" sh -c 'echo "$SESSION_KEY"'
  expect 7 "" "$service: the command's status is the container's" sh "$entrypoint" sh -c 'exit 7'
  REQUIRED_VARIABLES="SESSION_KEY OTHER" expect 78 "OTHER is missing" "$service: a secret is missing" sh "$entrypoint" true
  OTHER=changeme REQUIRED_VARIABLES="OTHER" expect 78 "OTHER is missing, empty or a placeholder" "$service: a placeholder" sh "$entrypoint" true
  OTHER="the value" REQUIRED_VARIABLES="OTHER" expect 78 "OTHER is missing, empty or a placeholder" "$service: what the documents write" sh "$entrypoint" true
  OTHER=x REQUIRED_VARIABLES="SESSION_KEY OTHER" expect 0 "" "$service: all are there" sh "$entrypoint" true
  SECRETS_DIRECTORY=/nonexistent expect 0 "" "$service: no secrets at all" sh "$entrypoint" true
done
finish
