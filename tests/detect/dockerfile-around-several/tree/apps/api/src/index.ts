app.listen({ port: Number(process.env.PORT ?? 4100) });
