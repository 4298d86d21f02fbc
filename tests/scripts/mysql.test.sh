#!/usr/bin/env bash
# Users, dump, drill and restore against a real server: data is destroyed and compared row by row, and ways in which a backup can be
# worthless are noticed. The bucket is a stand-in. The server is MariaDB 10.11 or later in place of MySQL 8.4, which no package
# brings here. What that leaves open: MySQL's mysqldump (its option --set-gtid-purged is taken away here), its login by
# caching_sha2_password, its privilege SHOW_ROUTINE, its type JSON, its collations utf8mb4_0900, and that its options of TLS are ssl-mode and ssl-ca.
# Needs the programs of the server (`mariadbd`, `mariadb-install-db`), its client as `mysql` and `mysqldump`, and openssl; no root rights:
# as root it takes those of nobody for the server.
# Only with k8s/components/backup/scripts/inventory.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded by another shell
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/backup-testing.sh"
command -v mariadbd > /dev/null || { echo "mariadbd is not on PATH" >&2; exit 1; }

backup="$root/k8s/components/backup/scripts"
drill="$root/k8s/components/restore-drill/scripts"
restore="$root/k8s/restore/scripts"
roles="$root/k8s/mysql-roles/scripts"
server="$(mktemp -d)"
# Below those that the system gives to clients.
port=$((10000 + RANDOM % 20000))
chmod 755 "$server"

as_server() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$server" "$@"; else "$@"; fi
}
stop_server() {
  [ ! -s "$server/pid" ] || kill "$(cat "$server/pid")" 2> /dev/null || true
  wait 2> /dev/null || true
  rm -rf "$server" "$worlds"
}
trap stop_server EXIT

# A server with a certificate, which refuses connections without TLS.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=authority" -keyout "$server/ca.key" -out "$server/ca.pem" 2> /dev/null
openssl req -newkey rsa:2048 -nodes -subj "/CN=127.0.0.1" -keyout "$server/server.key" -out "$server/server.csr" 2> /dev/null
openssl x509 -req -in "$server/server.csr" -CA "$server/ca.pem" -CAkey "$server/ca.key" -CAcreateserial -days 2 \
  -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost") -out "$server/server.pem" 2> /dev/null
[ "$(id -u)" != 0 ] || chown -R 65534:65534 "$server"
as_server mariadb-install-db --no-defaults --datadir="$server/data" --auth-root-authentication-method=normal --skip-test-db > "$server/install.log" 2>&1
as_server mariadbd --no-defaults --datadir="$server/data" --socket="$server/socket" --bind-address=127.0.0.1 --port="$port" --pid-file="$server/pid" \
  --ssl-ca="$server/ca.pem" --ssl-cert="$server/server.pem" --ssl-key="$server/server.key" --require-secure-transport=ON \
  --log-bin="$server/data/binlog" --server-id=1 --binlog-format=ROW --log-bin-trust-function-creators=ON --character-set-server=utf8mb4 \
  --innodb-flush-log-at-trx-commit=0 --log-error="$server/log" &
super() {
  mysql --no-defaults --socket="$server/socket" --user=root --batch --raw --skip-column-names --default-character-set=utf8mb4 "$@"
}
for _ in $(seq 100); do
  if super --execute='SELECT 1' > /dev/null 2>&1; then break; fi
  sleep 0.2
done
# as USER SQL [DATABASE]
as() {
  mysql --no-defaults --host=127.0.0.1 --port="$port" --user="$1" --password="$1-password" --ssl-ca="$server/ca.pem" --ssl-verify-server-cert \
    --batch --raw --skip-column-names --default-character-set=utf8mb4 --execute="$2" "${3:-shop}"
}
address() {
  echo "mysql://$1:$2@127.0.0.1:$port/${3:-shop}?ssl-ca=$server/ca.pem&ssl-verify-server-cert=1"
}
# The dump of MariaDB has no option for GTIDs, as its dumps have none of them.
mkdir "$server/programs"
cat > "$server/programs/mysqldump" << 'SH'
#!/usr/bin/env bash
arguments=()
for argument in "$@"; do
  [ "$argument" = --set-gtid-purged=OFF ] || arguments+=("$argument")
done
if [ "${FAIL:-}" = killed ] && [ "$1" != --version ]; then kill -9 "$$"; fi
[ "${FAIL:-}" != mysqldump ] || [ "$1" = --version ] || { echo "mysqldump: Lost connection" >&2; exit 3; }
exec /usr/bin/mysqldump "${arguments[@]}"
SH
chmod 755 "$server/programs/mysqldump"
PATH="$server/programs:$PATH"

# Like RDS, where the user who makes the others has neither SUPER nor the right to lock all tables at once.
super << 'SQL'
CREATE USER master@'%' IDENTIFIED BY 'it''s a 100 % \\ "secret"';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES,
  LOCK TABLES, EXECUTE, REPLICATION SLAVE, BINLOG MONITOR, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, SET USER
  ON *.* TO master@'%' WITH GRANT OPTION;
CREATE DATABASE shop CHARACTER SET utf8mb4;
SQL
master="$(address master 'it%27s%20a%20100%20%25%20%5C%20%22secret%22')"

# --- users
# What lets a dump read procedures here is SELECT on mysql.proc.
cp -R "$roles" "$server/roles"
roles="$server/roles"
sed -i 's/^GRANT SHOW_ROUTINE ON \*\.\* TO/GRANT SELECT ON mysql.proc TO/' "$roles/roles.sql"
world
names=(owner app readonly backup monitoring)
export SCRIPTS="$roles"
echo "$master" > "$REQUEST/uri"
for role in "${names[@]}"; do echo "$role-password" > "$REQUEST/$role"; done
make_roles() { bash "$roles/roles.sh"; }
run 0 make_roles
says "are as roles.sql says"
as owner 'CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, customer varchar(50) NOT NULL, total decimal(10, 2), ratio double, data json, raw varbinary(40), flag bit(3), kind enum("a", "b"), placed timestamp DEFAULT current_timestamp, twice decimal(12, 2) AS (total * 2) STORED, KEY (customer)) CHARACTER SET utf8mb4;
CREATE TABLE `Its "odd"` (a int, b text);
CREATE TABLE people (id int PRIMARY KEY, friend int, FOREIGN KEY (friend) REFERENCES people (id));
CREATE TABLE visits (person int, FOREIGN KEY (person) REFERENCES people (id));
CREATE TABLE log (of_order bigint, at timestamp DEFAULT current_timestamp);
CREATE VIEW large AS SELECT id, total FROM orders WHERE total > 100;
CREATE TRIGGER logged AFTER UPDATE ON orders FOR EACH ROW INSERT INTO log (of_order) VALUES (NEW.id)'
run 0 make_roles
run 0 as app "INSERT INTO orders (customer, total, ratio, data, raw, flag, kind) SELECT CONCAT('c ☃ ', seq), seq * 1.1, seq / 7, JSON_OBJECT('i', seq), UNHEX(MD5(seq)), seq % 8, 'b' FROM seq_1_to_500;
  INSERT INTO \`Its \"odd\"\` VALUES (1, '-- Programs\n-- End of the archive'), (NULL, NULL), (3, 'a\tb\\\\'); INSERT INTO people VALUES (1, 1), (2, 1); INSERT INTO visits VALUES (2); UPDATE orders SET total = 0 WHERE id = 1; DELETE FROM orders WHERE id = 2"
# who may what
run 1 as app 'CREATE TABLE mine (a int)'
run 1 as app 'DROP TABLE orders'
run 1 as readonly 'DELETE FROM orders'
run 0 as readonly 'SELECT COUNT(*) FROM orders'
run 1 as backup 'DELETE FROM orders'
run 1 as backup 'SELECT authentication_string FROM mysql.user'
run 1 as monitoring 'SELECT COUNT(*) FROM orders'
run 0 as monitoring 'SHOW PROCESSLIST' information_schema
run 1 as app 'SELECT 1' mysql
# no connection without TLS, and none to a server that someone else signed
run 1 mysql --no-defaults --host=127.0.0.1 --port="$port" --user=app --password=app-password --skip-ssl --execute='SELECT 1' shop
run 1 mysql --no-defaults --host=127.0.0.1 --port="$port" --user=app --password=app-password --ssl-ca=/etc/ssl/certs/ca-certificates.crt --ssl-verify-server-cert --execute='SELECT 1' shop
# passwords change, and nothing else
echo changed > "$REQUEST/app"
run 0 make_roles
run 1 as app 'SELECT 1'
echo app-password > "$REQUEST/app"
run 0 make_roles
run 0 as app 'SELECT 1'
echo "a'b" > "$REQUEST/app"
run 1 make_roles
says "other characters"
echo app-password > "$REQUEST/app"
address master wrong > "$REQUEST/uri"
run 1 make_roles
says "could not be made"
echo "postgresql://a:b@c:5432/d" > "$REQUEST/uri"
run 1 make_roles
says "none of MySQL"

# --- dump
job() {
  world
  export SCRIPTS="$backup" RETRY_SECONDS=1
  address backup backup-password > "$URI_FILE"
}
dump() { bash "$backup/dump.sh"; }
verify() { bash "$backup/verify.sh"; }
as owner 'CREATE PROCEDURE count_orders() SELECT COUNT(*) FROM orders'
job
run 0 dump
run 0 verify
says "5 tables, 506 rows"
holds "rows in the manifest" test "$(jq '.tables.orders.rows' "$WORK/manifest.json")" = 499
holds "indexes in the manifest" test "$(jq '.tables.orders.indexes' "$WORK/manifest.json")" = 2
holds "an odd name in the manifest" test "$(jq '.tables["Its \"odd\""].rows' "$WORK/manifest.json")" = 3
archived() { gzip -dc "$WORK/dump.sql.gz" | grep -c -- "$1"; }
holds "users are listed" test "$(archived '^-- app@% connections 0')" = 1
never "no password" archived 'PASSWORD\|IDENTIFIED'
holds "the view is there" archived 'VIEW `large`'
holds "the trigger is there" archived 'TRIGGER `\{0,1\}logged'
holds "the procedure is there" archived 'PROCEDURE `count_orders`'
kept="$(mktemp -d "$worlds/XXXXXX")"
cp "$WORK"/dump.sql.gz "$WORK"/dump.sql.gz.sha256 "$WORK"/manifest.json "$kept/"

# One moment: rows that move between tables while it is read are seen once.
super --database=shop --execute='CREATE TABLE here (a int PRIMARY KEY) ENGINE InnoDB; CREATE TABLE there LIKE here; INSERT INTO here SELECT seq FROM seq_1_to_2000'
moving() {
  for number in $(seq 1 4000); do
    echo "START TRANSACTION; DELETE FROM here WHERE a = $number; INSERT INTO there VALUES ($number); COMMIT;"
  done | super --database=shop --force > /dev/null 2>&1
}
moving &
mover=$!
job
run 0 dump
run 0 verify
kill "$mover" 2> /dev/null || true
wait "$mover" 2> /dev/null || true
counts="$(jq '.tables.here.rows + .tables.there.rows' "$WORK/manifest.json")"
holds "each row is in one table" test "$counts" -ge 2000
moved="$WORK"

# --- drill: into another database server, here the same one under another name
run_drill() {
  super --execute='DROP DATABASE IF EXISTS drill'
  date -u +%Y-%m-%dT%H:%M:%SZ > "$WORK/drill_started_at"
  rm -f "$WORK/error" "$WORK/result.json"
  # Its own server listens without TLS.
  SCRIPTS="$drill" SCRATCH_PORT="$port" bash "$drill/restore.sh"
}
last() { jq -r "$1" "$WORK/result.json"; }
drill_of() {
  rm -rf "$WORK" && mkdir "$WORK"
  cp "$1"/* "$WORK/"
}
super --execute='SET GLOBAL require_secure_transport = OFF'
fresh="$(mktemp -d "$worlds/XXXXXX")"
cp "$moved"/dump.sql.gz "$moved"/manifest.json "$fresh/"
drill_of "$fresh"
run 0 run_drill
holds "rows of one moment come back, while others moved" test "$(last .status)" = ok
drill_of "$kept"
run 0 run_drill
holds "the drill is good" test "$(last .status)" = ok
holds "all rows" test "$(last .rows)" = 506
drill_of "$kept"
sed -i 's/"orders": {"rows": 499/"orders": {"rows": 500/' "$WORK/manifest.json"
run 0 run_drill
holds "a missing row fails" test "$(last .error)" = 'orders has 499 rows, 500 expected'
drill_of "$kept"
gzip -dc "$WORK/dump.sql.gz" | sed 's/c ☃ 77/c ☃ 78/' | gzip > "$WORK/other" && mv "$WORK/other" "$WORK/dump.sql.gz"
run 0 run_drill
holds "a changed value fails" test "$(last .error)" = 'orders has other values in its rows'
drill_of "$kept"
head -c 3000 "$WORK/dump.sql.gz" > "$WORK/short" && mv "$WORK/short" "$WORK/dump.sql.gz"
run 0 run_drill
holds "a cut archive fails" grep -q 'could not be loaded' "$WORK/error"
drill_of "$kept"
sed -i 's/"server_version": "[^"]*"/"server_version": "99.1.2"/' "$WORK/manifest.json"
run 0 run_drill
holds "a newer server fails" grep -q 'the image of the drill has' "$WORK/error"
drill_of "$kept"
sed -i 's/"recovery_point": "20[0-9][0-9]-/"recovery_point": "2001-/' "$WORK/manifest.json"
run 0 run_drill
holds "an old backup fails" grep -q 's old, 86400 s are allowed' "$WORK/result.json"
drill_of "$kept"
sed -i 's/"recovery_point": "20[0-9][0-9]-/"recovery_point": "2099-/' "$WORK/manifest.json"
run 0 run_drill
holds "a clock that is ahead fails" grep -q 'in the future' "$WORK/result.json"
super --execute='SET GLOBAL require_secure_transport = ON; DROP DATABASE IF EXISTS drill; DROP TABLE shop.here; DROP TABLE shop.there'

# --- failures of the dump
job
address backup wrong > "$URI_FILE"
run 1 dump
says "refuses the login"
job
echo nothing > "$URI_FILE"
run 64 dump
job
export FAIL=mysqldump
run 1 dump
says "mysqldump failed"
job
export FAIL=killed
run 1 dump
says "mysqldump failed"
export FAIL=""
# The disk is full: a limit on the size of files stands for it.
job
full() { (trap '' XFSZ && ulimit -f 1 && dump); }
run 1 full
run 1 verify
super --database=shop --execute='CREATE TABLE old (a int) ENGINE Aria'
job
run 64 dump
says "not of InnoDB"
super --database=shop --execute='DROP TABLE old'
# a transaction that has changed the definition of nothing, but holds a table for longer than the lock waits
super --database=shop --execute='CREATE TABLE held (a int); LOCK TABLES held WRITE; DO SLEEP(4)' &
holder=$!
sleep 1
job
run 0 dump
wait "$holder"
super --database=shop --execute='DROP TABLE held'
job
run 0 dump
head -c 3000 "$WORK/dump.sql.gz" > "$WORK/short" && mv "$WORK/short" "$WORK/dump.sql.gz"
run 1 verify
says "damaged"
job
run 0 dump
gzip -dc "$WORK/dump.sql.gz" | sed -n 1,60p | gzip > "$WORK/short" && mv "$WORK/short" "$WORK/dump.sql.gz"
run 1 verify
says "no end"

# --- restore into the server
job_of_restore() {
  rm -rf "$WORK" && mkdir "$WORK"
  cp "$kept"/* "$WORK/"
  echo "$master" > "$REQUEST/uri"
  export DATABASE=restored_x ONLY="" WITHIN_A_SECOND=false
}
job_runs() { SCRIPTS="$restore" MODE="$1" bash "$restore/restore.sh"; }
job_of_restore
run 0 job_runs compare
says "hold the rows of"
job_of_restore
run 0 job_runs check
# destroy
as app 'DELETE FROM orders WHERE id > 10; DELETE FROM visits; UPDATE people SET friend = NULL'
as owner 'DROP TABLE `Its "odd"`; DROP PROCEDURE count_orders'
job_of_restore
run 1 job_runs compare
says '"orders" has'
says 'has other values in its rows'
says 'is missing'
# beside
job_of_restore
run 0 job_runs beside
run 0 as readonly 'SELECT COUNT(*) FROM orders' restored_x
holds "all rows are beside" test "$output" = 499
holds "the live data is as it was" test "$(as app 'SELECT COUNT(*) FROM orders')" -le 10
run 1 as app 'SELECT 1' restored_x
job_of_restore
run 1 job_runs beside
says "could not be made"
super --execute='DROP DATABASE restored_x'
# a key of a younger table stops it, and nothing is changed
as owner 'CREATE TABLE newer (of_order bigint, FOREIGN KEY (of_order) REFERENCES orders (id))'
job_of_restore
run 1 job_runs in-place
says "nothing was changed"
holds "nothing was changed" test "$(as app 'SELECT COUNT(*) FROM orders')" -le 10
as owner 'DROP TABLE newer; CREATE TABLE younger (a int); INSERT INTO younger VALUES (1)'
job_of_restore
run 0 job_runs in-place
says "are in replaced_x"
run 0 as app "SELECT COUNT(*) FROM younger"
holds "younger tables stay" test "$output" = 1
as owner 'DROP TABLE younger'
job_of_restore
run 0 job_runs compare
holds "the live rows of before are kept" test "$(super --execute='SELECT COUNT(*) FROM replaced_x.orders')" = 9
run 0 as app "SELECT COUNT(*) FROM large"
run 0 as app "CALL count_orders()"
as app 'UPDATE orders SET total = 1 WHERE id = 3'
holds "the trigger works" test "$(as app 'SELECT COUNT(*) FROM log WHERE of_order = 3')" = 1
run 1 as app 'INSERT INTO visits VALUES (77)'
says "foreign key"
super --execute='DROP DATABASE replaced_x'
# one table
as app 'DELETE FROM log; DELETE FROM visits'
job_of_restore
ONLY=visits run 0 job_runs in-place
holds "the table is back" test "$(as app 'SELECT COUNT(*) FROM visits')" = 1
holds "the other one is not touched" test "$(as app 'SELECT COUNT(*) FROM log')" = 0
job_of_restore
ONLY=people run 1 job_runs in-place
says "depends on people; nothing was changed"
ONLY=orders run 1 job_runs in-place
says "the trigger logged depends on orders"
job_of_restore
ONLY=orders DATABASE=restored_y run 0 job_runs beside
holds "the table is beside" test "$(super --execute='SELECT COUNT(*) FROM restored_y.orders')" = 499
holds "and no other" test "$(super --execute="SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'restored_y'")" = 1
job_of_restore
ONLY=nothing run 64 job_runs in-place
run 64 job_runs somehow
address master wrong > "$REQUEST/uri"
run 1 job_runs compare
job_of_restore
head -c 3000 "$WORK/dump.sql.gz" > "$WORK/short" && mv "$WORK/short" "$WORK/dump.sql.gz"
run 1 job_runs in-place
says "damaged"

finish
