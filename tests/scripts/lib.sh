# Sourced by the tests of the scripts of a generated repository, $TREE. Each test copies its scripts into an empty folder, puts
# stand-ins for the tools first on the PATH, and looks at exit status and output. Nothing is asked of a network or a cluster.
# shellcheck shell=bash
set -euo pipefail

repository="${TREE:?names no generated repository}"
# shellcheck disable=SC2034 # for the tests
stand_ins="$(cd "$(dirname "${BASH_SOURCE[0]}")/stand-ins" && pwd)"
sandbox="$(mktemp -d)"
trap 'rm -rf "$sandbox"' EXIT
mkdir "$sandbox/bin" "$sandbox/repo"
cp -R "$repository/scripts" "$sandbox/repo/scripts"
cd "$sandbox/repo"
export PATH="$sandbox/bin:$PATH"
# What the answers decide, as the rendered scripts have it: where our images are, and the name of the project.
own="$(sed -n 's/^own="\(.*\)"$/\1/p' scripts/check-images.sh)"
# shellcheck disable=SC2034 # for the tests
name="${own##*/}"
# In CI these would make a script write into the real run.
unset GITHUB_OUTPUT GITHUB_STEP_SUMMARY GITHUB_PATH GITHUB_ENV

passed=0
failed=0

# stand_in NAME: the text on stdin becomes an executable of that name.
stand_in() {
  { echo '#!/usr/bin/env bash'; cat; } > "$sandbox/bin/$1"
  chmod +x "$sandbox/bin/$1"
}

# cluster_that_remembers: kubectl works on a file, and what scripts/deploy.sh calls succeeds, but for $FAILING_SCRIPT.
cluster_that_remembers() {
  local script
  ln -s "$stand_ins/cluster" "$sandbox/bin/kubectl"
  export CLUSTER="$sandbox/cluster" MANIFESTS="$sandbox" CONTEXT="$name-prod" POLL_SECONDS=0 SYNC_SECONDS=0
  for script in check-images verify-images smoke; do
    # shellcheck disable=SC2016 # expanded by the script
    printf '#!/usr/bin/env bash\n[[ "${FAILING_SCRIPT-}" != %s ]]\n' "$script" > "scripts/$script.sh"
  done
}

# expect STATUS TEXT TITLE COMMAND...: the command ends with STATUS, and its output contains TEXT (empty: whatever it is).
expect() {
  local status="$1" text="$2" title="$3" code=0
  shift 3
  "$@" > "$sandbox/output" 2>&1 < /dev/null || code=$?
  if [[ "$code" -ne "$status" ]]; then
    echo "FAILED: $title: exit status $code, expected $status"
    sed 's/^/    /' "$sandbox/output"
    failed=$((failed + 1))
  elif [[ -n "$text" ]] && ! grep -qF -- "$text" "$sandbox/output"; then
    echo "FAILED: $title: the output does not contain: $text"
    sed 's/^/    /' "$sandbox/output"
    failed=$((failed + 1))
  else
    passed=$((passed + 1))
  fi
}

# commands_of FILE FROM TO FOLDER: the shell commands of the document between two headings. Each heading below "# " is a step with a
# folder: its title, and a numbered file for each command. A command ends where bash says so.
commands_of() {
  local folder="$4" step=100 count=100 command="" inside=false line
  mkdir -p "$folder/$step"
  while IFS= read -r line; do
    case "$line" in
      "## "* | "### "*)
        step=$((step + 1))
        mkdir "$folder/$step"
        echo "${line#*\# }" > "$folder/$step/title"
        ;;
      '```sh') inside=true ;;
      '```') inside=false ;;
      *)
        [[ "$inside" == true ]] || continue
        command+="$line"$'\n'
        # A here-document without its end is only a warning.
        if [[ "$line" != *\\ && -z "$(bash -n <<< "$command" 2>&1)" ]]; then
          printf '%s' "$command" > "$folder/$step/$count"
          command="" count=$((count + 1))
        fi
        ;;
    esac
  done < <(sed -n "/^$2\$/,/^$3\$/p" "$1")
}

finish() {
  echo "$(basename "$0"): $passed passed, $failed failed"
  [[ "$failed" -eq 0 ]]
}
