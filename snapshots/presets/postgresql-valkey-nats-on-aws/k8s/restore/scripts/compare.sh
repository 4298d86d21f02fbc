# Sourced. Compares the rows of a database with a manifest, and a recovery with its objectives.
# shellcheck shell=bash
work="${WORK:-/work}"

# The text of a field of the manifest.
field() {
  sed -n "s/^  \"$1\": \"\\{0,1\\}\\([^\",]*\\)\"\\{0,1\\},\$/\\1/p" "$work/manifest.json"
}

# Lines of tables without what the manifest has around them.
tables() {
  sed -n -e 's/^    \("\)/\1/' -e 's/,$//' -e '/^".*": {"rows": /p' "$1" | LC_ALL=C sort
}

# differences: a line for each table of the manifest that `restored` does not hold as it was.
differences() {
  local line name found
  tables "$work/manifest.json" > "$work/expected.tables"
  tables "$work/restored" > "$work/restored.tables"
  : > "$work/near"
  LC_ALL=C comm -23 "$work/expected.tables" "$work/restored.tables" | while IFS= read -r line; do
    name="${line%%: \{*}"
    found="$(grep -F -- "$name: {\"rows\"" "$work/restored.tables" || true)"
    if [ -z "$found" ]; then
      echo "$name is missing"
    elif [ "${WITHIN_A_SECOND:-false}" = true ] && [ "$(part indexes "$line")" = "$(part indexes "$found")" ] &&
      near "$(part rows "$line")" "$(part rows "$found")"; then
      echo "$name" >> "$work/near"
    elif [ "$(part rows "$line")" != "$(part rows "$found")" ]; then
      echo "$name has $(part rows "$found") rows, $(part rows "$line") expected"
    elif [ "$(part digest "$line")" != "$(part digest "$found")" ]; then
      echo "$name has other values in its rows"
    else
      echo "$name has $(part indexes "$found") indexes, $(part indexes "$line") expected"
    fi
  done
}

# near EXPECTED FOUND: a moment is given in whole seconds, and within one some rows may have changed, five or one in a hundred. None
# instead of some is never near.
near() {
  local least=$(($1 / 100)) apart=$(($1 - $2))
  [ "$1" = "$2" ] || [ "$2" -gt 0 ] && [ "${apart#-}" -le $((least > 5 ? least : 5)) ]
}

part() {
  sed -n "s/.*[{ ]\"$1\": \"\\{0,1\\}\\(-\\{0,1\\}[0-9]*\\).*/\\1/p" <<< "$2"
}

seconds_between() {
  local span=$(($(date -u -d "$2" +%s) - $(date -u -d "$1" +%s)))
  echo $((span > 0 ? span : 0))
}

# report FAULTS_FILE RESTORED_ROWS: writes one line of JSON, result.json; `ok` is true only when there is no fault.
report() {
  local faults status=ok ok=true rpo rto finished
  finished="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  rpo="$(seconds_between "$(field recovery_point)" "$(cat "$work/drill_started_at")")"
  rto="$(seconds_between "$(cat "$work/drill_started_at")" "$finished")"
  [ "$(seconds_between "$(cat "$work/drill_started_at")" "$(field recovery_point)")" -le 300 ] ||
    echo "the backup is of $(field recovery_point), which is in the future: the clock here or where it was made is wrong" >> "$1"
  [ "$rpo" -le "$RPO_LIMIT_SECONDS" ] || echo "the backup is $rpo s old, $RPO_LIMIT_SECONDS s are allowed" >> "$1"
  [ "$rto" -le "$RTO_LIMIT_SECONDS" ] || echo "the restore took $rto s, $RTO_LIMIT_SECONDS s are allowed" >> "$1"
  [ "$(field environment)" = "$ENVIRONMENT" ] || echo "the backup is of $(field environment), not of $ENVIRONMENT" >> "$1"
  if [ -s "$1" ]; then
    status=failed ok=false
  fi
  # Names of tables have quotes of their own.
  faults="$(tr -d '\042\134' < "$1" | head -n 20 | paste -s -d ';' | sed 's/;/; /g')"
  printf '{"status":"%s","ok":%s,"environment":"%s","backup":"%s","backup_time":"%s","rpo_seconds":%s,"rpo_limit_seconds":%s,"rto_seconds":%s,"rto_limit_seconds":%s,"tables":%s,"rows":%s,"finished_at":"%s","error":"%s"}\n' \
    "$status" "$ok" "$ENVIRONMENT" "$(field backup)" "$(field recovery_point)" "$rpo" "$RPO_LIMIT_SECONDS" "$rto" "$RTO_LIMIT_SECONDS" \
    "$(wc -l < "$work/restored.tables" | tr -d ' ')" "$2" "$finished" "$faults" > "$work/result.json"
}
