const express = require("express");
const { MongoClient } = require("mongodb");
const client = new MongoClient(process.env.MONGO_URI);
express().listen(process.env.PORT || 4000);
