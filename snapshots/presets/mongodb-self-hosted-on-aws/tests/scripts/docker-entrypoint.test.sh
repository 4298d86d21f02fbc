#!/usr/bin/env bash
# Tests of the services' docker-entrypoint.sh.
# shellcheck disable=SC2016 # what is in single quotes is expanded later, or never
# shellcheck source=tests/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

mkdir secrets
export SECRETS_DIRECTORY="$PWD/secrets"
printf 'value with spaces and $(id)\n' > secrets/SESSION_KEY

entrypoint="$repository"/apps/api/docker-entrypoint.sh
expect 0 'value with spaces and $(id)' "api: a file becomes a variable" sh "$entrypoint" sh -c 'echo "$SESSION_KEY"'
expect 7 "" "api: the command's status is the container's" sh "$entrypoint" sh -c 'exit 7'
REQUIRED_VARIABLES="SESSION_KEY OTHER" expect 78 "OTHER is missing" "api: a secret is missing" sh "$entrypoint" true
OTHER=changeme REQUIRED_VARIABLES="OTHER" expect 78 "OTHER is missing, empty or a placeholder" "api: a placeholder" sh "$entrypoint" true
OTHER=x REQUIRED_VARIABLES="SESSION_KEY OTHER" expect 0 "" "api: all are there" sh "$entrypoint" true
SECRETS_DIRECTORY=/nonexistent expect 0 "" "api: no secrets at all" sh "$entrypoint" true
finish
