#!/usr/bin/env bash
# Compares .env.sample with the manifests, both ways: every variable of the sample has a home in the cluster (secret,
# configuration, or runtime configuration of a frontend), and every variable that the cluster sets is in the sample, so
# that a missing variable fails the check and not the pod.
#
#   scripts/check-env.sh [--list]
#
# --list prints each variable with its home. A variable that only a laptop needs is marked in the sample: the comment
# right above it holds the words "local only".
set -euo pipefail
cd "$(dirname "$0")/.."

sample=.env.sample
if [[ ! -f "$sample" ]]; then
  echo "error: $sample does not exist" >&2
  exit 1
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Prints "NAME home" for every variable of a rendered overlay: keys of ExternalSecrets, the `env` of Deployments and the
# config maps that they read, and names in capitals in a config.js. Jobs of the platform (backups) bring their own.
homes() {
  kubectl kustomize "$1" | awk '
    function found(name, home) { if (name ~ /^[A-Za-z][A-Za-z0-9_]*$/ && name ~ /[A-Z]/) print name, home }
    function key(text) { sub(/^ +/, "", text); sub(/:.*/, "", text); return text }
    function value(text) { sub(/^[^:]*: */, "", text); return text }
    function flush(  i, text, section, script, name, keys) {
      for (i = 1; i <= n; i++) {
        text = line[i]
        if (text ~ /^[^ ]/) section = key(text)
        if (kind == "ExternalSecret") {
          # Pods read CACHE_URL, BROKER_URL under another name.
          if (text ~ /^ *(- )?secretKey: / && value(text) !~ /^(CACHE_URL|BROKER_URL)$/) found(value(text), "secret")
          else if (text ~ /^ +[A-Z][A-Z0-9_]*: / && key(text) !~ /^(CACHE_URL|BROKER_URL)$/) found(key(text), "secret")
        } else if (kind == "ConfigMap") {
          if (section == "metadata" && text ~ /^  name: /) name = value(text)
          if (section == "data" && text ~ /^  [^ ]/) { script = (text ~ /^  config\.js: /); keys = keys " " key(text) }
          else if (script && text ~ /^ +[A-Za-z][A-Za-z0-9_]*: "/) found(key(text), "runtime")
          else if (script) while (match(text, /[A-Z][A-Z0-9]*_[A-Z0-9_]+/)) {
            found(substr(text, RSTART, RLENGTH), "runtime")
            text = substr(text, RSTART + RLENGTH)
          }
        } else if (kind == "Deployment") {
          # Probes have headers, which are listed as variables are.
          if (text ~ /^ +httpHeaders:$/) headers = match(text, /[^ ]/)
          else if (headers && text !~ /^ +- / && match(text, /[^ ]/) <= headers) headers = 0
          if (headers) continue
          if (line[i - 1] ~ /configMapRef:$/ && text ~ /^ +name: /) read[value(text)] = 1
          else if (text ~ /^ +- name: / && line[i + 1] ~ /^ +valueFrom:$/) found(value(text), "secret")
          else if (text ~ /^ +path: / && line[i - 1] ~ /^ +- key: /) found(value(text), "secret")
          else if (text ~ /^ +- name: / && line[i + 1] ~ /^ +value: /) found(value(text), "config")
        }
      }
      if (kind == "ConfigMap") config[name] = keys
      n = 0; kind = ""
    }
    /^---$/ { flush(); next }
    /^kind: / { kind = $2 }
    { line[++n] = $0 }
    END {
      flush()
      for (map in read) {
        count = split(config[map], keys, " ")
        for (i = 1; i <= count; i++) found(keys[i], "config")
      }
    }
  ' | sort -u
}

failed=0
for env in staging prod; do
  homes "k8s/overlays/$env" > "$work/$env"
done
if ! diff <(cut -d' ' -f1 "$work/staging" | sort -u) <(cut -d' ' -f1 "$work/prod" | sort -u) > "$work/diff"; then
  echo "error: staging (<) and prod (>) do not set the same variables:" >&2
  grep '^[<>]' "$work/diff" >&2
  failed=1
fi

sort -u "$work/staging" "$work/prod" > "$work/homes"
awk '
  /^#/ { if ($0 ~ /local only/) skip = 1; next }
  /^[A-Za-z_][A-Za-z0-9_]*=/ { name = $0; sub(/=.*/, "", name); print name, (skip ? "local" : "deployed"); skip = 0; next }
  { skip = 0 }
' "$sample" | sort -u > "$work/sample"

while read -r name where; do
  home="$(awk -v name="$name" '$1 == name { printf "%s%s", sep, $2; sep = ", " }' "$work/homes")"
  if [[ "$where" == deployed && -z "$home" ]]; then
    echo "error: $sample names $name, but no secret, config map or container in k8s/ does" >&2
    failed=1
  elif [[ "${1:-}" == --list ]]; then
    echo "$name: ${home:-local only}"
  fi
done < "$work/sample"

# What a config.js holds is not a variable of a process, so this way round it does not count.
grep -v ' runtime$' "$work/homes" > "$work/set" || true
while read -r name home; do
  if ! grep -q "^$name " "$work/sample"; then
    echo "error: k8s/ sets $name ($home), but $sample does not name it" >&2
    failed=1
  fi
done < "$work/set"

if [[ $failed -ne 0 ]]; then
  echo "hint: .env.sample is the list that people and scripts/check-env.sh read; docs/secrets.md says where each value lives" >&2
  exit 1
fi
echo "$(wc -l < "$work/sample" | tr -d ' ') variables of $sample, all with a home"
