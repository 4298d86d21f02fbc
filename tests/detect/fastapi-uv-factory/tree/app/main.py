from fastapi import FastAPI

api = FastAPI()


@app.get("/healthz")
def health(): ...
