const app=require('express')(); app.get('/healthz',(q,r)=>r.send('ok')); app.listen(3000)
