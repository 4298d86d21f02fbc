import express from 'express'

import { db } from './db.js'
import { links, users } from './routes.js'

const app = express()
app.use('/api/links', links)
app.use('/api/users', users)
app.get('/health', async (_request, response) => {
  await db.command({ ping: 1 })
  response.json({ ok: true })
})
app.get('/docs', (_request, response) => response.redirect('https://links.example.com'))
app.listen(process.env.PORT)
