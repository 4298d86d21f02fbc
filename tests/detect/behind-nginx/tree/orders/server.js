const express = require('express');
const app = express();
app.get('/list', (request, response) => response.json([]));
app.listen(3000);
