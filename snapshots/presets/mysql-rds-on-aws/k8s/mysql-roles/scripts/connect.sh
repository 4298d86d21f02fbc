# Sourced. The tools of MySQL read from a file in memory where and as whom they connect: on a command line other processes
# would see the password.
# shellcheck shell=bash

# connect_to FILE OPTIONS_FILE [HOST]: FILE holds an address, mysql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE&...
# HOST is another instance. The name of the database is in `database` afterwards, and `options` leads the tools to the file.
connect_to() {
  local address pair
  address="$(cat "$1")" || return 1
  [[ "$address" =~ ^mysql://([^:/@?]+):([^/@?]+)@([^:/@?]+):([0-9]+)/([^/?]+)(\?(.*))?$ ]] || return 1
  database="$(plain "${BASH_REMATCH[5]}")"
  [[ "$database" != *[!A-Za-z0-9_]* ]] || return 1
  (
    umask 077
    printf '[client]\nhost=%s\nport=%s\n' "${3:-${BASH_REMATCH[3]}}" "${BASH_REMATCH[4]}"
    printf 'user=%s\n' "$(quoted "$(plain "${BASH_REMATCH[1]}")")"
    printf 'password=%s\n' "$(quoted "$(plain "${BASH_REMATCH[2]}")")"
    IFS='&' read -r -a pairs <<< "${BASH_REMATCH[7]}"
    for pair in "${pairs[@]}"; do printf '%s=%s\n' "${pair%%=*}" "$(quoted "$(plain "${pair#*=}")")"; done
  ) > "$2" || return 1
  # shellcheck disable=SC2034 # read by who sources this
  options="--defaults-file=$2"
}

# The text behind percent signs.
plain() {
  printf '%b' "${1//%/\\x}"
}

# As a value of an options file, in which a backslash and a quote have a meaning of their own.
quoted() {
  local text="${1//\\/\\\\}"
  printf '"%s"' "${text//\"/\\\"}"
}
