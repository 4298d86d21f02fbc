const app = new Koa();
app.listen(4000);
