// Makes the replica set and its users, or gives existing users the passwords of now.
const fs = require("fs");
const password = (name) => fs.readFileSync(`/run/secrets/users/${name}`, "utf8");
const admin = connect("mongodb://localhost:27017/admin?directConnection=true&tls=true&tlsCAFile=/tls/ca.crt");
const database = process.env.DATABASE;

const users = {
  databaseAdmin: { pwd: password("admin"), roles: ["root"] },
  app: { pwd: password("app"), roles: [{ role: "readWrite", db: database }, { role: "dbAdmin", db: database }] },
  dump: { pwd: password("dump"), roles: ["backup"] },
};

function login() {
  admin.auth("databaseAdmin", users.databaseAdmin.pwd);
}

try {
  login();
} catch {
  // Until the first user exists, a connection from the same host may make the replica set and that user.
  try {
    admin.adminCommand({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: process.env.MEMBER }] } });
  } catch (error) {
    if (error.codeName !== "AlreadyInitialized") throw error;
  }
  while (!admin.hello().isWritablePrimary) sleep(1000);
  admin.createUser({ user: "databaseAdmin", ...users.databaseAdmin });
  login();
}

while (!admin.hello().isWritablePrimary) sleep(1000);
for (const [user, fields] of Object.entries(users)) {
  if (admin.getUser(user)) admin.updateUser(user, fields);
  else admin.createUser({ user, ...fields });
}
