from flask import Flask
from celery import Celery
app = Flask(__name__)
@app.get("/healthz")
def h(): return "ok"
