from flask import Flask

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///data/notes.db"


@app.get("/healthz")
def healthz():
    return "ok"
