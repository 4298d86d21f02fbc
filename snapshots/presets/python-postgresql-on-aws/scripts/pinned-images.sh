#!/usr/bin/env bash
# Compares the images that manifests, workflows and scripts name with those of tools/images/compose.yaml, which Dependabot raises.
#
#   scripts/pinned-images.sh            # fails when one has another tag or digest
#   scripts/pinned-images.sh --write    # writes the tags and digests of the file
set -euo pipefail
cd "$(dirname "$0")/.."

file=tools/images/compose.yaml
# Whatever pods get through these, bots cannot read where it is used.
caches="444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop-(ecr|quay)/"

write=false
if [[ "${1:-}" == --write ]]; then
  write=true
  shift
fi
if [[ $# -gt 0 ]]; then
  echo "usage: scripts/pinned-images.sh [--write]" >&2
  exit 2
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# "SERVICE TAG@DIGEST NAME" of each; the last part of an image's name is that of its service.
if ! sed -nE 's|^ *image: *([^ ]*/)?([^/: ]+):([^@ ]+@sha256:[0-9a-f]{64})$|\2 \3 \1\2|p' "$file" > "$work/pins" || [[ ! -s "$work/pins" ]]; then
  echo "error: $file names no tag and digest of any image, such as docker.io/library/NAME:TAG@sha256:..." >&2
  exit 1
fi

# "FILE:IMAGE" of everything that is named by tag or digest.
grep -rEo "[a-z0-9.-]+(/[a-z0-9._-]+)+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}" k8s .github/workflows scripts | sort -u > "$work/named"

compared=0
drifted=0
unread=0
while IFS= read -r line; do
  path="${line%%:*}"
  image="${line#*:}"
  part="${image##*/}"
  service="${part%%[:@]*}"
  pin="$(awk -v service="$service" '$1 == service { print $2 }' "$work/pins")"
  if [[ -z "$pin" ]]; then
    if [[ "$image" =~ ^$caches ]]; then
      echo "error: $path: $image is raised by no bot: add it to $file, with the name it has in its own registry" >&2
      unread=$((unread + 1))
    fi
    continue
  fi
  # An image of another registry may end like one of these.
  name="${image%%@*}"
  if [[ ! "$image" =~ ^$caches ]] && ! grep -qxF "$service $pin ${name%:*}" "$work/pins"; then
    continue
  fi
  compared=$((compared + 1))
  if [[ "$part" != "$service:$pin" ]]; then
    drifted=$((drifted + 1))
    if [[ "$write" == true ]]; then
      # Into the file, which keeps its mode.
      sed "s|/$part|/$service:$pin|" "$path" > "$work/new"
      cat "$work/new" > "$path"
      echo "$path: $service:$pin"
    else
      echo "error: $path: $part, but $file has $service:$pin" >&2
    fi
  fi
done < "$work/named"

if [[ "$drifted" -gt 0 && "$write" == false ]]; then
  echo "hint: scripts/pinned-images.sh --write, and commit what it changes" >&2
fi
if [[ "$unread" -gt 0 || ("$drifted" -gt 0 && "$write" == false) ]]; then
  exit 1
fi
echo "$compared names of images are in line with $file"
