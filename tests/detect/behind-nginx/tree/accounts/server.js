const express = require('express');
const app = express();
app.use('/auth', require('./auth'));
app.use('/users', require('./users'));
app.use('/docs', require('./docs'));
app.listen(3001);
