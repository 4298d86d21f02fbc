-- The users of the database, and what each may do. It can run as often as you like: what exists stays, and gets these settings
-- again. roles.sh puts the name of the database in place of SCHEMA and sets passwords; until then nobody can log in.
CREATE USER IF NOT EXISTS 'owner'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'app'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'readonly'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'backup'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'monitoring'@'%' ACCOUNT LOCK;

-- Time limits are in the parameter group: MySQL has none for a user.
ALTER USER 'owner'@'%' REQUIRE SSL;
ALTER USER 'app'@'%' REQUIRE SSL;
ALTER USER 'readonly'@'%' REQUIRE SSL WITH MAX_USER_CONNECTIONS 5;
ALTER USER 'backup'@'%' REQUIRE SSL WITH MAX_USER_CONNECTIONS 8;
ALTER USER 'monitoring'@'%' REQUIRE SSL WITH MAX_USER_CONNECTIONS 3;

-- Only `owner` makes tables. `app` reads and writes rows, in whatever table there is.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE,
  CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER ON `SCHEMA`.* TO 'owner'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE, CREATE TEMPORARY TABLES ON `SCHEMA`.* TO 'app'@'%';

-- People see what is there. What a restore has made beside it, the restore lets them see.
GRANT SELECT, SHOW VIEW ON `SCHEMA`.* TO 'readonly'@'%';

-- A dump reads everything, holds writes back for the moment at which it begins, and lists users without their passwords.
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON `SCHEMA`.* TO 'backup'@'%';
GRANT SELECT (User, Host, max_user_connections) ON mysql.user TO 'backup'@'%';
GRANT SELECT ON mysql.db TO 'backup'@'%';
-- Without this right mysqldump leaves procedures and functions out, and says nothing.
GRANT SHOW_ROUTINE ON *.* TO 'backup'@'%';

GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'monitoring'@'%';
GRANT SELECT ON performance_schema.* TO 'monitoring'@'%';
