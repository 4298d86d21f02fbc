#!/bin/sh
# Fetches manifest, checksum and archive through the links that scripts/restore.sh signed, and compares them. To compare
# another instance with a backup, the manifest is enough.
set -eu

work="${WORK:-/work}"
request="${REQUEST:-/run/secrets/postgresql-restore}"
files="manifest.json dump.tar.sha256 dump.tar"
if [ "${MODE:-}" = compare ]; then
  files=manifest.json
fi

umask 077
for file in $files; do
  # The link is a credential: it is read from a file and never appears on a command line.
  printf 'url = "%s"\noutput = "%s"\n' "$(cat "$request/$file.url")" "$work/$file" |
    curl --fail --silent --show-error --location --retry 3 --config -
done
if [ "$files" = manifest.json ]; then
  exit
fi
cd "$work"
sha256sum -c dump.tar.sha256
