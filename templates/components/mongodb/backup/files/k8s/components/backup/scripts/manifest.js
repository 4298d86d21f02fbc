// Writes manifest.json from the two inventories of the source and the facts of the archive. Whoever
// restores the archive can tell from it alone what has to come back.
const fs = require('fs');
const { env } = process;

const read = (name) => fs.readFileSync(`${env.WORK}/${name}`, 'utf8').trim();
const before = JSON.parse(read('before.json'));
const after = JSON.parse(read('after.json'));
const oplog = env.USE_OPLOG === 'true';

const collections = {};
let documents = 0;
for (const namespace of Object.keys(before.collections).sort()) {
  const then = before.collections[namespace];
  const now = after.collections[namespace];
  if (!now) continue; // dropped while the dump ran: it may be in the archive or not
  documents += then.documents;
  collections[namespace] = {
    documents: Math.min(then.documents, now.documents),
    // Written to while the dump ran: the archive holds a state between the two counts.
    moving: then.documents !== now.documents || then.newest !== now.newest,
    newest: then.newest,
    indexes: Math.min(then.indexes, now.indexes),
  };
}

const manifest = {
  format: 1,
  environment: env.ENVIRONMENT,
  backup: env.BACKUP,
  started_at: read('started_at'),
  finished_at: read('finished_at'),
  // Everything written before this moment is in the archive.
  recovery_point: oplog ? read('finished_at') : read('started_at'),
  oplog,
  bytes: Number(env.BYTES),
  sha256: env.SHA256,
  server_version: before.server_version,
  tools_version: env.TOOLS,
  documents,
  collections,
};
for (const key of ['environment', 'backup', 'bytes', 'sha256', 'started_at', 'finished_at']) {
  if (!manifest[key]) throw new Error(`manifest: ${key} is missing`);
}
fs.writeFileSync(env.OUT, `${JSON.stringify(manifest, null, 2)}\n`);
print(`manifest: ${Object.keys(collections).length} collections, ${documents} documents`);
