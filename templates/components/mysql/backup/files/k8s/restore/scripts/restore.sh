#!/usr/bin/env bash
# Restores the fetched archive into the server of the target. MODE: check (reads everything, writes nothing), beside (into a
# new database, named DATABASE), in-place (replaces every table of the archive, all at once) or compare (compares the target
# with the manifest, and restores nothing). ONLY limits it to one table: in place its rows alone.
# In place the archive is loaded beside first, as MySQL cannot take back what changes tables; the tables change places when
# every row is there, and those that were live stay in a database named REPLACED.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
request="${REQUEST:-/run/secrets/mysql-restore}"
config="${CONFIG_DIR:-/run/config}"
database="" options="" inventory_settings=""
# shellcheck source=/dev/null
. "$scripts/connect.sh"
# shellcheck source=/dev/null
. "$scripts/inventory.sh"
# shellcheck source=/dev/null
. "$scripts/compare.sh"

fail() {
  echo "restore: $1" >&2
  exit "${2:-1}"
}
query() {
  mysql "$options" --batch --raw --skip-column-names --default-character-set=utf8mb4 "$@"
}
# archive PART: the SQL of its tables, or that of what is made of them: views, triggers, procedures, events.
archive() {
  gzip --decompress --stdout "$work/dump.sql.gz" | awk -v part="$1" '
    /^-- Programs$/ { programs = 1 }
    (part == "programs") == (programs == 1) { print }'
}
# One table of it, with the settings before the first and after the last.
table() {
  archive tables | awk -v name="-- Table structure for table \`$ONLY\`" '
    /^-- Table structure for table / { begun = 1; wanted = ($0 == name) }
    /^\/\*!40[0-9]* SET .*=@OLD_/ || /^\/\*!40103 SET TIME_ZONE=@OLD/ { wanted = 1 }
    !begun || wanted { print }'
}
counted() {
  {
    echo "$inventory_settings"
    inventory_queries "$1"
  } | query > "$work/queries" && {
    echo "$inventory_settings"
    cat "$work/queries"
  } | query > "$work/restored"
}
names() {
  query --execute="SELECT table_name FROM information_schema.tables WHERE table_schema = '$1' AND table_type = 'BASE TABLE'"
}
made_beside() {
  query --execute="CREATE DATABASE \`$1\` CHARACTER SET utf8mb4" || fail "the database $1 could not be made"
}

umask 077
[ -s "$request/uri" ] || fail "the target is not given" 64
connect_to "$request/uri" "$config/client.cnf" || fail "the target is no address of MySQL" 64
case "${MODE:-}" in check | beside | in-place | compare) ;; *) fail "unknown mode '${MODE:-}'" 64 ;; esac

if [ "$MODE" = compare ]; then
  date -u +%Y-%m-%dT%H:%M:%SZ > "$work/drill_started_at"
  counted "$database" || fail "the target could not be read"
  differences > "$work/faults"
  if [ -s "$work/faults" ]; then
    cat "$work/faults"
    fail "the target differs from the backup of $(field recovery_point)"
  fi
  echo "restore: the $(wc -l < "$work/restored.tables" | tr -d ' ') tables hold the rows of $(field recovery_point), $(wc -l < "$work/near" | tr -d ' ') of them nearly"
  exit
fi

end="$(gzip --decompress --stdout "$work/dump.sql.gz" 2> /dev/null | tail -n 1)" || true
[ "$end" = '-- End of the archive' ] || fail "the archive is damaged"
if [ -n "${ONLY:-}" ]; then
  [[ "$ONLY" =~ ^[A-Za-z0-9_\$]+$ ]] || fail "'$ONLY' is not the name of a table" 64
  archive tables | grep -xF -- "-- Table structure for table \`$ONLY\`" > /dev/null || fail "the archive has no table $ONLY" 64
fi
case "$MODE" in
  check)
    query --execute='SELECT 1' > /dev/null || fail "the target does not answer"
    ;;
  beside)
    [[ "${DATABASE:-}" =~ ^[A-Za-z0-9_]+$ ]] || fail "the name of the new database is not given" 64
    made_beside "$DATABASE"
    # In a right, _ stands for any letter where it has no backslash.
    escaped='\_'
    granted="${DATABASE//_/"$escaped"}"
    query --execute="GRANT SELECT, SHOW VIEW ON \`$granted\`.* TO 'readonly'@'%'" || fail "people could not be let into the database $DATABASE"
    if [ -n "${ONLY:-}" ]; then
      table | query "$DATABASE" || fail "the table could not be loaded; drop the database $DATABASE before you try again"
    else
      { archive tables; archive programs; } | query "$DATABASE" || fail "the archive could not be loaded; drop the database $DATABASE before you try again"
    fi
    ;;
  in-place)
    [[ "${DATABASE:-}" =~ ^[A-Za-z0-9_]+$ ]] || fail "the name of the new database is not given" 64
    if [ -n "${ONLY:-}" ]; then
      found="$(query --execute="SELECT CONCAT('the trigger ', trigger_name) FROM information_schema.triggers WHERE event_object_schema = '$database' AND event_object_table = '$ONLY'
        UNION ALL SELECT CONCAT('the key of ', table_name) FROM information_schema.key_column_usage WHERE referenced_table_schema = '$database' AND referenced_table_name = '$ONLY'")" ||
        fail "the target could not be read"
      [ -z "$found" ] || fail "$(head -n 1 <<< "$found") depends on $ONLY; nothing was changed. Restore beside, and copy rows by hand"
      made_beside "$DATABASE"
      table | query "$DATABASE" || fail "the table could not be loaded; nothing was changed. Drop the database $DATABASE before you try again"
      columns="$(query --execute="SET SESSION group_concat_max_len = 1048576; SELECT GROUP_CONCAT('\`', REPLACE(column_name, '\`', '\`\`'), '\`' ORDER BY ordinal_position) FROM information_schema.columns
        WHERE table_schema = '$DATABASE' AND table_name = '$ONLY' AND COALESCE(generation_expression, '') = ''")" || fail "the columns are unknown; nothing was changed"
      # shellcheck disable=SC2016 # backticks of SQL
      printf 'START TRANSACTION; DELETE FROM `%s`.`%s`; INSERT INTO `%s`.`%s` (%s) SELECT %s FROM `%s`.`%s`; COMMIT;\n' \
        "$database" "$ONLY" "$database" "$ONLY" "$columns" "$columns" "$DATABASE" "$ONLY" | query || fail "the rows could not be replaced; nothing was changed"
      query --execute="DROP DATABASE \`$DATABASE\`"
      echo "restore: $MODE finished"
      exit
    fi
    replaced="replaced_${DATABASE#restored_}"
    # shellcheck disable=SC2016 # backticks of SQL
    archive tables | sed -n 's/^-- Table structure for table `\(.*\)`$/\1/p' > "$work/names"
    # A table that the archive does not have, and that refers to one of it, would go on referring to the one that was live.
    while IFS=$'\t' read -r name other; do
      if grep -qxF -- "$other" "$work/names" && ! grep -qxF -- "$name" "$work/names"; then
        fail "a key of $name, which is newer than the archive, refers to $other; nothing was changed. Drop it first"
      fi
    done < <(query --execute="SELECT DISTINCT table_name, referenced_table_name FROM information_schema.key_column_usage WHERE table_schema = '$database' AND referenced_table_schema = '$database'")
    made_beside "$DATABASE"
    archive tables | query "$DATABASE" || fail "the archive could not be loaded; nothing was changed. Drop the database $DATABASE before you try again"
    counted "$DATABASE" || fail "what was loaded could not be read; nothing was changed"
    differences > "$work/faults"
    [ ! -s "$work/faults" ] || { cat "$work/faults"; fail "what was loaded differs from the manifest; nothing was changed"; }
    made_beside "$replaced"
    live="$(names "$database")"
    swap="" dropped=""
    while IFS= read -r name; do
      quoted_name="\`${name//\`/\`\`}\`"
      if grep -qxF -- "$name" <<< "$live"; then swap+="${swap:+, }\`$database\`.$quoted_name TO \`$replaced\`.$quoted_name"; fi
      swap+="${swap:+, }\`$DATABASE\`.$quoted_name TO \`$database\`.$quoted_name"
    done < <(names "$DATABASE")
    # A table with triggers cannot change its database. They come back from the archive below.
    while IFS=$'\t' read -r name other; do
      if grep -qxF -- "$other" "$work/names"; then dropped+="DROP TRIGGER \`$database\`.\`$name\`; "; fi
    done < <(query --execute="SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE event_object_schema = '$database'")
    [ -z "$dropped" ] || query --execute="$dropped" || fail "the triggers could not be dropped; those that are gone are in the archive"
    [ -z "$swap" ] || query --execute="RENAME TABLE $swap" || fail "the tables could not change places; they are as they were, without their triggers"
    archive programs | query "$database" || fail "the rows are back, but not all views, triggers, procedures and events; the lines above say why"
    query --execute="DROP DATABASE \`$DATABASE\`"
    echo "restore: the tables that were live are in $replaced"
    ;;
esac
echo "restore: $MODE finished"
