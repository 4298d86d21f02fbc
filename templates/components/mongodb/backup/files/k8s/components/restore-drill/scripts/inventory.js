// Writes what a deployment holds, as JSON: documents, indexes and the newest document per collection.
// Run by mongosh: URI_FILE names the file with the connection string, OUT the file to write.
const fs = require('fs');

// The tools' own databases and collections are not the application's data.
const SKIPPED_DATABASES = ['admin', 'config', 'local'];

const database = connect(fs.readFileSync(process.env.URI_FILE, 'utf8').trim());
const inventory = { taken_at: new Date().toISOString(), server_version: database.version(), collections: {} };

const databases = database.adminCommand({ listDatabases: 1, nameOnly: true }).databases;
for (const { name } of databases) {
  if (SKIPPED_DATABASES.includes(name)) continue;
  const one = database.getSiblingDB(name);
  for (const info of one.getCollectionInfos()) {
    if (info.name.startsWith('system.') || info.type === 'view') continue;
    const collection = one.getCollection(info.name);
    const entry = { documents: Number(collection.countDocuments({})), newest: null, indexes: 0 };
    if (info.type === 'collection') {
      entry.indexes = collection.getIndexes().length;
      // An ObjectId begins with the time it was made. Collections with other keys say nothing about age.
      const last = collection.find({ _id: { $type: 'objectId' } }, { _id: 1 }).sort({ _id: -1 }).limit(1).toArray();
      if (last.length === 1) entry.newest = last[0]._id.getTimestamp().toISOString();
    }
    inventory.collections[`${name}.${info.name}`] = entry;
  }
}
fs.writeFileSync(process.env.OUT, `${JSON.stringify(inventory)}\n`);
