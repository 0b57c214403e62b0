"""医养结合门户 yiyang：项目包，自身也是一个应用。"""

from yiyang.celery import app as celery_app

__all__ = ["celery_app"]
