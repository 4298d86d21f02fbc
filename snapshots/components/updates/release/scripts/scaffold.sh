#!/usr/bin/env bash
# Runs the scaffold that this repository records: the same program here as in the pipeline. docs/updating.md says what for.
#
#   scripts/scaffold.sh ARGUMENT...       for example: scripts/scaffold.sh status
#
# SCAFFOLD_VERSION and SCAFFOLD_SHA256 together name another version. The download is kept in the user's cache, and nothing
# runs that has another checksum. Needs Linux on x86-64, as the runners are.
# Exit status: that of scaffold (0 done, 1 differences or conflicts remain, 2 error), and 2 when it cannot be run.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "scripts/scaffold.sh: $1" >&2
  exit 2
}

url='https://releases.example.com/scaffold/{version}/scaffold-linux-x86_64.tar.gz'
version=1.4.2
sha256=6ea7bdb0f53cbf24bb2e4a4a4e5dd9a5b3ed3f1e0e1a2d5c7b8f90a1b2c3d4e5
if [[ -n "${SCAFFOLD_VERSION-}${SCAFFOLD_SHA256-}" ]]; then
  version="${SCAFFOLD_VERSION-}"
  sha256="${SCAFFOLD_SHA256-}"
fi
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$ ]] || fail "SCAFFOLD_VERSION is not a version such as 1.4.2: $version"
[[ "$sha256" =~ ^[0-9a-f]{64}$ ]] || fail "SCAFFOLD_SHA256 is not a SHA-256 (version $version needs its own): $sha256"
url="${url//'{version}'/$version}"

folder="${XDG_CACHE_HOME:-$HOME/.cache}/scaffold/$sha256"
if [[ ! -x "$folder/scaffold" ]]; then
  mkdir -p "$folder"
  new="$(mktemp -d "$folder/new.XXXXXX")"
  trap 'rm -rf "$new"' EXIT
  curl --fail --silent --show-error --location --proto '=https' --retry 3 --max-time 300 --output "$new/download" "$url" \
    || fail "cannot download $url"
  echo "$sha256  $new/download" | sha256sum --check --status - \
    || fail "$url has the SHA-256 $(sha256sum < "$new/download" | cut -d ' ' -f 1) instead of $sha256"
  # The one file is written to where we say, whatever paths the archive has.
  member="$(tar --list --gzip --file "$new/download" | awk '/(^|\/)scaffold$/ && !found { print; found = 1 }')"
  [[ -n "$member" ]] || fail "there is no file scaffold in $url"
  tar --extract --to-stdout --gzip --file "$new/download" -- "$member" > "$new/scaffold"
  chmod 755 "$new/scaffold"
  mv "$new/scaffold" "$folder/scaffold"
  rm -rf "$new"
fi
exec "$folder/scaffold" "$@"
