const path = require("node:path");
const Database = require("better-sqlite3");
module.exports = new Database(path.join(__dirname, "data", "search.db"));
