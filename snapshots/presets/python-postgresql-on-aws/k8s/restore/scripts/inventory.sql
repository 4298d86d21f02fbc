-- Prints one line of JSON for each table, in the order of their names: its rows, a digest of what is in them that does not
-- depend on their order, and its indexes. Two databases with the same lines hold the same rows.
-- The text of a value depends on these.
SET client_encoding = 'UTF8';
SET datestyle = 'ISO, YMD';
SET extra_float_digits = 1;
SET intervalstyle = 'iso_8601';
SET bytea_output = 'hex';
SET timezone = 'UTC';
SET lc_monetary = 'C';
SET search_path = '';
-- Rows that a policy hides would be missing from the dump: an error is better.
SET row_security = off;

SELECT format(
  'SELECT %L || '': {"rows": '' || count(*) || '', "digest": "'' || coalesce(sum(hashtextextended(one::text, 0)::numeric), 0) || ''", "indexes": %s}'' FROM ONLY %I.%I AS one',
  to_json(format('%I.%I', spaces.nspname, classes.relname))::text,
  (SELECT count(*) FROM pg_index WHERE pg_index.indrelid = classes.oid),
  spaces.nspname,
  classes.relname
)
FROM pg_class AS classes
JOIN pg_namespace AS spaces ON spaces.oid = classes.relnamespace
WHERE classes.relkind = 'r'
  AND classes.relpersistence <> 't'
  AND spaces.nspname <> 'information_schema'
  AND spaces.nspname !~ '^pg_'
  -- Tables of an extension come back with it.
  AND NOT EXISTS (
    SELECT FROM pg_depend
    WHERE pg_depend.classid = 'pg_class'::regclass AND pg_depend.objid = classes.oid AND pg_depend.deptype = 'e'
  )
ORDER BY spaces.nspname COLLATE "C", classes.relname COLLATE "C"
\gexec
