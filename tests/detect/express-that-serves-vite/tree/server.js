const port = process.env.PORT ?? 5050;
app.get("/api/health", ok);
app.listen(port);
