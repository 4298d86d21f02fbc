#!/bin/sh
# Fetches archive and checksum through the links that scripts/restore.sh signed, and compares them.
set -eu

work="${WORK:-/work}"
request="${REQUEST:-/run/secrets/mongodb-restore}"

umask 077
for file in dump.archive.gz.sha256 dump.archive.gz; do
  # The link is a credential: it is read from a file and never appears on a command line.
  printf 'url = "%s"\noutput = "%s"\n' "$(cat "$request/$file.url")" "$work/$file" |
    curl --fail --silent --show-error --location --retry 3 --config -
done
cd "$work"
sha256sum -c dump.archive.gz.sha256
