# Sourced. Prints one line of JSON for each table of a database, in the order of their names: its rows, a digest of what is in
# them that does not depend on their order, and its indexes. Two databases with the same lines hold the same rows.
# shellcheck shell=bash

# The text of a value depends on these.
# shellcheck disable=SC2034 # read by who sources this
inventory_settings="SET NAMES utf8mb4; SET SESSION time_zone = '+00:00', sql_mode = '', group_concat_max_len = 1048576;"

# inventory_queries DATABASE: a query that prints the queries, one a line.
inventory_queries() {
  cat << SQL
SELECT CONCAT(
  'SELECT CONCAT(', QUOTE(CONCAT(JSON_QUOTE(tables.table_name), ': {"rows": ')), ', COUNT(*), '', "digest": "'', ',
  'COALESCE(SUM(CAST(CONV(LEFT(SHA2(CONCAT_WS('','', ', parts.list, '), 256), 16), 16, 10) AS UNSIGNED)), 0), ',
  QUOTE(CONCAT('", "indexes": ', (
    SELECT COUNT(DISTINCT statistics.index_name) FROM information_schema.statistics
    WHERE statistics.table_schema = tables.table_schema AND statistics.table_name = tables.table_name
  ), '}')), ') FROM \`$1\`.\`', REPLACE(tables.table_name, '\`', '\`\`'), '\`;')
FROM information_schema.tables AS tables
JOIN (
  SELECT columns.table_schema, columns.table_name, GROUP_CONCAT(
    'IFNULL(SHA2(',
    IF(columns.data_type REGEXP 'char|text|binary|blob|geometry|point|linestring|polygon|collection|^bit', '', 'CAST('),
    '\`', REPLACE(columns.column_name, '\`', '\`\`'), '\`',
    IF(columns.data_type REGEXP 'char|text|binary|blob|geometry|point|linestring|polygon|collection|^bit', '', ' AS CHAR)'),
    ', 256), ''-'')' ORDER BY columns.ordinal_position SEPARATOR ', ') AS list
  FROM information_schema.columns AS columns
  WHERE columns.table_schema = '$1'
  GROUP BY columns.table_schema, columns.table_name
) AS parts ON parts.table_schema = tables.table_schema AND parts.table_name = tables.table_name
WHERE tables.table_schema = '$1' AND tables.table_type = 'BASE TABLE'
ORDER BY CAST(tables.table_name AS BINARY);
SQL
}
