const express = require("express");
const mongoose = require("mongoose");
const { Pool } = require("pg");

const reports = new Pool({ connectionString: process.env.REPORTS_POSTGRES_URL });
const app = express();
app.get("/healthz", (request, response) => response.send("ok"));
mongoose.connect(process.env.MONGO_URI).then(() => app.listen(process.env.PORT || 3000, "0.0.0.0"));
