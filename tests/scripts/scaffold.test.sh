#!/usr/bin/env bash
# Tests of scripts/scaffold.sh that downloads a release: what is fetched, what is refused, and what the program is called with.
# Only with scripts/scaffold.sh
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

grep -q '^url=' scripts/scaffold.sh || exit 0
export XDG_CACHE_HOME="$sandbox/cache" DOWNLOAD="$sandbox/download" LOG="$sandbox/log"
stand_in curl <<'TEXT'
echo "curl $*" >> "$LOG"
[[ -f "$DOWNLOAD" ]] || exit 22
while [[ $# -gt 0 ]]; do
  if [[ "$1" == --output ]]; then cp "$DOWNLOAD" "$2"; fi
  shift
done
TEXT
mkdir -p "$sandbox/archive/scaffold-linux"
printf '#!/usr/bin/env bash\necho "scaffold $*"\nexit 1\n' > "$sandbox/archive/scaffold-linux/scaffold"
archive="$(grep -c '^ *tar ' scripts/scaffold.sh)" || true
if [[ "$archive" -gt 0 ]]; then
  tar --create --gzip --file "$DOWNLOAD" --directory "$sandbox/archive" scaffold-linux
else
  cp "$sandbox/archive/scaffold-linux/scaffold" "$DOWNLOAD"
fi
sha256="$(sha256sum < "$DOWNLOAD" | cut -d ' ' -f 1)"
other="$(printf '0%.0s' {1..64})"

expect 2 "instead of" "a download that is not the recorded one" scripts/scaffold.sh status
expect 2 "instead of" "another checksum" env SCAFFOLD_VERSION=9.9.9 SCAFFOLD_SHA256="$other" scripts/scaffold.sh status
expect 2 "needs its own" "a version without a checksum" env SCAFFOLD_VERSION=9.9.9 scripts/scaffold.sh status
expect 2 "is not a version" "a checksum without a version" env SCAFFOLD_SHA256="$sha256" scripts/scaffold.sh status
expect 2 "is not a version" "a version that leads elsewhere" env SCAFFOLD_VERSION=../1.0.0 SCAFFOLD_SHA256="$sha256" scripts/scaffold.sh status
expect 0 "" "nothing was kept" test -z "$(find "$sandbox/cache" -type f)"
expect 1 "scaffold status --exit-code" "the program runs, and its status is passed on" \
  env SCAFFOLD_VERSION=9.9.9 SCAFFOLD_SHA256="$sha256" scripts/scaffold.sh status --exit-code
expect 0 "--proto =https" "over https only" cat "$LOG"
expect 0 "9.9.9" "from the address of its version" cat "$LOG"
rm "$DOWNLOAD"
expect 1 "scaffold diff" "a second time without a download" env SCAFFOLD_VERSION=9.9.9 SCAFFOLD_SHA256="$sha256" scripts/scaffold.sh diff
expect 2 "cannot download" "nothing lies there" scripts/scaffold.sh status
if [[ "$archive" -gt 0 ]]; then
  tar --create --gzip --file "$DOWNLOAD" --directory "$sandbox/archive" --transform 's/scaffold$/other/' scaffold-linux/scaffold
  expect 2 "there is no file scaffold" "an archive of something else" \
    env SCAFFOLD_VERSION=9.9.9 SCAFFOLD_SHA256="$(sha256sum < "$DOWNLOAD" | cut -d ' ' -f 1)" scripts/scaffold.sh status
fi
finish
