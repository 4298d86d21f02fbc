#!/usr/bin/env bash
# Asks an environment from outside what a user's browser would: does TLS hold, is HTTP redirected, is HSTS sent, is every
# public service healthy? Repeats until all is well, or SMOKE_ATTEMPTS (20) times with SMOKE_PAUSE (15) seconds between,
# because a new certificate, DNS record or load balancer needs minutes.
#
#   scripts/smoke.sh staging|prod
set -euo pipefail

env="${1:-}"
case "$env" in
  staging) host="staging.shop.example.com" ;;
  prod) host="shop.example.com" ;;
  *)
    echo "usage: scripts/smoke.sh staging|prod" >&2
    exit 2
    ;;
esac
attempts="${SMOKE_ATTEMPTS:-20}"
pause="${SMOKE_PAUSE:-15}"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Prints the status of a request, 000 when there was no valid answer; the headers are in $work/headers.
request() {
  : > "$work/headers"
  curl --silent --show-error --max-time 10 --output "$work/body" --dump-header "$work/headers" \
    --write-out '%{http_code}' "$@" 2> "$work/error" || true
}

header() {
  tr -d '\r' < "$work/headers" | awk -v name="$1:" 'tolower($1) == name { sub(/^[^ ]* */, ""); print; exit }'
}

problem() {
  echo "  $1" >> "$work/problems"
}

tls_and_headers() {
  local status
  status="$(request --proto '=https' --tlsv1.2 "https://$host/")"
  if [[ "$status" == 000 ]]; then
    problem "https://$host/ does not answer: $(tr '\n' ' ' < "$work/error")"
    return
  fi
  local hsts
  hsts="$(header strict-transport-security)"
  if [[ ! "$hsts" =~ max-age=([0-9]+) || "${BASH_REMATCH[1]}" -lt 15552000 ]]; then
    problem "https://$host/ sends no HSTS of half a year or more (found: \`$hsts\`)"
  fi
}

redirect() {
  local status location
  status="$(request "http://$host/")"
  location="$(header location)"
  if [[ ! "$status" =~ ^30[18]$ || "$location" != "https://$host"* ]]; then
    problem "http://$host/ answers $status to \`$location\`, not a permanent redirect to https"
  fi
}

healthy() {
  local service="$1" kind="$2" path="$3" status
  status="$(request --proto '=https' --tlsv1.2 "https://$host$path")"
  if [[ "$status" != 200 ]]; then
    problem "$service: https://$host$path answers $status, not 200"
  elif [[ "$kind" == api && "$(header content-type)" == text/html* ]]; then
    # A frontend answers every path that no other route takes.
    problem "$service: https://$host$path is answered with a page, so not by $service"
  fi
}

for ((attempt = 1; attempt <= attempts; attempt++)); do
  : > "$work/problems"
  tls_and_headers
  redirect
  healthy web web /healthz
  healthy api api /api/readyz
  if [[ ! -s "$work/problems" ]]; then
    echo "$host: TLS, HSTS, redirect and 2 health checks passed"
    exit 0
  fi
  echo "attempt $attempt of $attempts:"
  cat "$work/problems"
  if ((attempt < attempts)); then
    sleep "$pause"
  fi
done
echo "error: $host did not pass the smoke test" >&2
exit 1
