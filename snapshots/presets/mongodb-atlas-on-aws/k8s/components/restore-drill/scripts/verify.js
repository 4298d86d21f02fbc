// Compares the restored data with the manifest, and the drill with the objectives. Writes one line
// of JSON, result.json; `ok` is true only when everything holds.
const fs = require('fs');
const { env } = process;

const read = (name) => fs.readFileSync(`${env.WORK}/${name}`, 'utf8').trim();
const seconds = (from, to) => Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
const manifest = JSON.parse(read('manifest.json'));
const restored = JSON.parse(read('restored.json')).collections;
const startedAt = read('drill_started_at');
const finishedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z');

// Fewer documents than counted are a loss, unless the collection was written to while the dump ran:
// then a small difference only says that documents came and went.
const least = ({ documents, moving }) => (moving ? documents - Math.max(100, Math.ceil(documents * 0.01)) : documents);

const faults = [];
let collections = 0;
let documents = 0;
for (const [namespace, expected] of Object.entries(manifest.collections)) {
  const found = restored[namespace];
  if (!found) {
    faults.push(`${namespace} is missing`);
    continue;
  }
  collections += 1;
  documents += found.documents;
  if (found.documents < least(expected)) {
    faults.push(`${namespace} has ${found.documents} documents, ${expected.documents} expected`);
  }
  if (expected.newest && (!found.newest || Date.parse(found.newest) < Date.parse(expected.newest))) {
    faults.push(`${namespace}: the newest document is of ${found.newest}, ${expected.newest} expected`);
  }
  if (found.indexes < expected.indexes) {
    faults.push(`${namespace} has ${found.indexes} indexes, ${expected.indexes} expected`);
  }
}
// The dump of an empty database looks like that of a user who may read nothing: it proves nothing.
if (!manifest.documents) faults.push('the backup holds no document: the database was empty, or its user may not read it');
else if (documents === 0) faults.push('no document was restored');

const rpo = seconds(manifest.recovery_point, startedAt);
const rto = seconds(startedAt, finishedAt);
const rpoLimit = Number(env.RPO_LIMIT_SECONDS);
const rtoLimit = Number(env.RTO_LIMIT_SECONDS);
if (!(seconds(startedAt, manifest.recovery_point) <= 300)) {
  faults.push(`the backup is of ${manifest.recovery_point}, which is in the future: the clock here or where it was made is wrong`);
}
if (!(rpo <= rpoLimit)) faults.push(`the backup is ${rpo} s old, ${rpoLimit} s are allowed`);
if (!(rto <= rtoLimit)) faults.push(`the restore took ${rto} s, ${rtoLimit} s are allowed`);
if (manifest.environment !== env.ENVIRONMENT) faults.push(`the backup is of ${manifest.environment}, not of ${env.ENVIRONMENT}`);

const result = {
  status: faults.length === 0 ? 'ok' : 'failed',
  ok: faults.length === 0,
  environment: env.ENVIRONMENT,
  backup: manifest.backup,
  backup_time: manifest.recovery_point,
  rpo_seconds: rpo,
  rpo_limit_seconds: rpoLimit,
  rto_seconds: rto,
  rto_limit_seconds: rtoLimit,
  collections,
  documents,
  finished_at: finishedAt,
  error: faults.join('; '),
};
fs.writeFileSync(`${env.WORK}/result.json`, `${JSON.stringify(result)}\n`);
