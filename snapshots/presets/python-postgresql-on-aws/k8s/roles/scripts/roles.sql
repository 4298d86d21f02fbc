-- The roles of the database, and what each may do. It can run as often as you like: what exists stays, and gets these settings
-- again. Passwords are set by roles.sh.
\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['owner', 'app', 'readonly', 'backup', 'monitoring']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Without limits a migration that waits for a lock stops every query behind it, and a forgotten transaction keeps old rows.
ALTER ROLE owner SET lock_timeout = '10s';
ALTER ROLE owner SET statement_timeout = '15min';
ALTER ROLE owner SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE app SET lock_timeout = '5s';
ALTER ROLE app SET statement_timeout = '30s';
ALTER ROLE app SET idle_in_transaction_session_timeout = '1min';
ALTER ROLE readonly SET default_transaction_read_only = on;
ALTER ROLE readonly SET statement_timeout = '5min';
ALTER ROLE readonly SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE readonly CONNECTION LIMIT 5;
-- A dump takes as long as it takes, in one transaction.
ALTER ROLE backup SET default_transaction_read_only = on;
ALTER ROLE backup SET statement_timeout = 0;
ALTER ROLE backup SET idle_in_transaction_session_timeout = 0;
ALTER ROLE backup CONNECTION LIMIT 8;
ALTER ROLE monitoring SET statement_timeout = '10s';
ALTER ROLE monitoring CONNECTION LIMIT 3;

GRANT pg_read_all_data TO readonly, backup;
-- People see what runs and what it costs.
GRANT pg_monitor TO readonly, monitoring;

-- Who runs this acts for `owner`, in restores too.
GRANT owner TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
SELECT format('ALTER DATABASE %I OWNER TO owner', current_database())
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = 'owner'::regrole)
\gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
\gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO app, readonly, backup, monitoring', current_database())
\gexec
SELECT format('GRANT TEMPORARY ON DATABASE %I TO app', current_database())
\gexec

-- Only `owner` makes tables. What it makes, `app` may read and write.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SET ROLE owner;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO app;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO app;
-- The same for what is there already and has no rights of its own, such as those that a migration took away.
SELECT format('GRANT USAGE ON SCHEMA %I TO app', nspname)
FROM pg_namespace
WHERE nspname = 'public' OR nspowner = 'owner'::regrole AND nspacl IS NULL
\gexec
SELECT format(
  CASE relkind WHEN 'S' THEN 'GRANT USAGE, SELECT ON SEQUENCE %s TO app' ELSE 'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO app' END,
  oid::regclass)
FROM pg_class
WHERE relowner = 'owner'::regrole AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't' AND relacl IS NULL
\gexec
RESET ROLE;
