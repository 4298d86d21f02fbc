# Sourced by the tests of the backup scripts of a generated repository, $TREE: a fresh world per test, with stand-ins instead of
# databases and clouds, so that every step can be made to fail. Needs bash, gzip, jq and node.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

root="${TREE:?names no generated repository}"
stand_ins="$(cd "$(dirname "${BASH_SOURCE[0]}")/stand-ins" && pwd)"
passed=0
failed=0
worlds="$(mktemp -d)"
trap 'end_strays; rm -rf "$worlds"' EXIT

end_strays() {
  local pid
  for pid in "$worlds"/*/mongod.pid; do
    if [ -f "$pid" ]; then kill "$(cat "$pid")" 2> /dev/null || true; fi
  done
}

# A new world: a source with two collections, an empty bucket, the settings of a job.
world() {
  STAND_IN="$(mktemp -d "$worlds/XXXXXX")"
  export STAND_IN
  export WORK="$STAND_IN/work" CREDENTIALS="$STAND_IN/credentials" URI_FILE="$STAND_IN/uri"
  export REQUEST="$STAND_IN/request" CONFIG_DIR="$STAND_IN/config"
  export ENVIRONMENT=staging BUCKET=bucket BUCKET_REGION=eu-west-1 MIN_SIZE_PERCENT=50
  export USE_OPLOG=false DUMP_SECONDS=1800 RPO_LIMIT_SECONDS=86400 RTO_LIMIT_SECONDS=3600
  export FAIL="" PATH="$stand_ins:${PATH#"$stand_ins:"}"
  unset ACCEPT_SHRINK PART_BYTES
  mkdir -p "$WORK" "$CREDENTIALS" "$REQUEST" "$CONFIG_DIR"
  echo "mongodb://dump:it's@db.example/?tls=true" > "$URI_FILE"
  cat > "$STAND_IN/source.json" << 'JSON'
{"shop.orders": {"documents": 500, "newest": "2026-11-20T10:00:00.000Z", "indexes": 3},
 "shop.people": {"documents": 20, "newest": null, "indexes": 1}}
JSON
}

# run STATUS COMMAND...: the exit status must be as given; the output is kept in $output.
run() {
  local expected="$1" status=0
  shift
  output="$("$@" 2>&1)" || status=$?
  if [ "$status" != "$expected" ]; then
    fault "exit status $status instead of $expected: $*"
    return
  fi
  passed=$((passed + 1))
}

says() {
  if [[ "$output" == *"$1"* ]]; then passed=$((passed + 1)); else fault "does not say '$1'"; fi
}

silent_about() {
  if [[ "$output" != *"$1"* ]]; then passed=$((passed + 1)); else fault "says '$1'"; fi
}

# holds DESCRIPTION COMMAND...
holds() {
  local description="$1"
  shift
  if "$@" > /dev/null 2>&1; then passed=$((passed + 1)); else fault "$description"; fi
}

never() {
  local description="$1"
  shift
  if "$@" > /dev/null 2>&1; then fault "$description"; else passed=$((passed + 1)); fi
}

called() {
  grep -q -- "$1" "$STAND_IN/calls"
}

# gone PID: the process ends within three seconds (a zombie has ended).
gone() {
  local state
  for _ in 1 2 3 4 5 6; do
    state="$(ps -o stat= -p "$1" || true)"
    case "$state" in "" | Z*) return 0 ;; esac
    sleep 0.5
  done
  return 1
}

fault() {
  failed=$((failed + 1))
  printf 'FAILED line %s: %s\n' "${BASH_LINENO[1]}" "$1" >&2
  [ -z "${output:-}" ] || printf '    %s\n' "${output//$'\n'/$'\n'    }" >&2
}

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
