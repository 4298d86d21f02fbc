# Sourced. The tools of PostgreSQL read from a file in memory where and as whom they connect: on a command line other
# processes would see the password.
# shellcheck shell=bash

# connect_to FILE SERVICE_FILE [HOST]: FILE holds an address, postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE&...
# HOST is another instance.
connect_to() {
  local address pair
  address="$(cat "$1")" || return 1
  [[ "$address" =~ ^postgres(ql)?://([^:/@?]+):([^/@?]+)@([^:/@?]+):([0-9]+)/([^/?]+)(\?(.*))?$ ]] || return 1
  (
    umask 077
    printf '[database]\nhost=%s\nport=%s\n' "${3:-${BASH_REMATCH[4]}}" "${BASH_REMATCH[5]}"
    printf 'user=%s\n' "$(plain "${BASH_REMATCH[2]}")"
    printf 'password=%s\n' "$(plain "${BASH_REMATCH[3]}")"
    printf 'dbname=%s\n' "$(plain "${BASH_REMATCH[6]}")"
    IFS='&' read -r -a pairs <<< "${BASH_REMATCH[8]}"
    for pair in "${pairs[@]}"; do printf '%s=%s\n' "${pair%%=*}" "$(plain "${pair#*=}")"; done
  ) > "$2" || return 1
  export PGSERVICEFILE="$2" PGSERVICE=database
}

# The text behind percent signs.
plain() {
  printf '%b' "${1//%/\\x}"
}
