// The smallest service that keeps to the service contract.
const http = require("node:http");

const server = http.createServer((_request, response) => {
  response.statusCode = process.env.SESSION_KEY === "from a file" ? 200 : 500;
  response.end();
});
server.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
