#!/usr/bin/env bash
# Tests of scripts/smoke.sh: curl answers from variables.
# shellcheck source-path=SCRIPTDIR
# shellcheck disable=SC2016 # a pattern of sed
. "$(dirname "$0")/lib.sh"

host_of() { sed -n "s/^  $1) host=\"\(.*\)\" ;;$/\1/p" scripts/smoke.sh; }
FRONT="$(sed -n 's#^  status="$(request "http://$host\(.*\)")"$#\1#p' scripts/smoke.sh)"
export FRONT
stand_in curl <<'TEXT'
while (($#)); do
  case "$1" in
    --dump-header) headers="$2"; shift ;;
    --output | --write-out | --max-time | --proto) shift ;;
    http*) url="$1" ;;
  esac
  shift
done
if [[ "$url" == http://* ]]; then
  printf 'HTTP/1.1 301\r\nLocation: %s\r\n\r\n' "${LOCATION-https://${url#http://}}" > "$headers"
  printf '%s' "${REDIRECT-301}"
elif [[ "$url" == "https://${url#https://}" && "${url#https://*/}" == "${FRONT#/}" ]]; then
  printf 'HTTP/2 200\r\nStrict-Transport-Security: %s\r\n\r\n' "${HSTS-max-age=31536000; includeSubDomains}" > "$headers"
  printf '%s' "${PAGE-200}"
else
  printf 'HTTP/2 200\r\nContent-Type: %s\r\n\r\n' "${TYPE-text/plain}" > "$headers"
  printf '%s' "${HEALTH-200}"
fi
TEXT
export SMOKE_ATTEMPTS=1 SMOKE_PAUSE=0

expect 0 "$(host_of prod): TLS, HSTS" "production is well" scripts/smoke.sh prod
expect 0 "$(host_of staging): TLS, HSTS" "staging is well" scripts/smoke.sh staging
HSTS="" expect 1 "sends no HSTS" "no HSTS" scripts/smoke.sh prod
HSTS="max-age=300" expect 1 "sends no HSTS" "HSTS of five minutes" scripts/smoke.sh prod
PAGE=000 expect 1 "does not answer" "TLS fails" scripts/smoke.sh prod
REDIRECT=200 expect 1 "not a permanent redirect" "HTTP is served" scripts/smoke.sh prod
LOCATION="https://elsewhere.example.org/" expect 1 "not a permanent redirect" "the redirect leads elsewhere" scripts/smoke.sh prod
HEALTH=503 expect 1 "answers 503, not 200" "a service is ill" scripts/smoke.sh prod
TYPE=text/html expect 1 "is answered with a page" "a frontend answers for an API" scripts/smoke.sh prod
SMOKE_ATTEMPTS=2 PAGE=000 expect 1 "attempt 2 of 2" "asks again" scripts/smoke.sh prod
expect 2 "usage" "an unknown environment" scripts/smoke.sh dev
finish
