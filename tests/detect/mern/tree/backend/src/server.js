const express = require("express");
const mongoose = require("mongoose");

const app = express();
// app.get("/ready", ...) comes later
app.get("/healthz", (req, res) => res.sendStatus(200));
app.get("/readyz", (req, res) => res.sendStatus(mongoose.connection.readyState === 1 ? 200 : 503));
app.get("/metrics", require("./metrics"));
app.use("/api/orders", require("./routes/orders"));

app.listen(process.env.PORT || 5000);
