import os

SECRET_KEY = os.environ["SECRET_KEY"]
STATIC_URL = "/static/"
STATIC_ROOT = "collected"
CELERY_BEAT_SCHEDULE = {"remind": {"task": "shop.tasks.remind", "schedule": 3600}}
