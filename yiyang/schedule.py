"""What the background does at which hour, and in which queue; settings.py takes it over by name."""

from celery.schedules import crontab

# 协调者要等分片交齐，必须有自己的队列，不能和分片抢同一个工作进程。
CELERY_TASK_ROUTES = {
    "targets.take_snapshot": {"queue": "coordinator"},
    "targets.count_part": {"queue": "shards"},
    # 报告与邮件另有队列：邮件服务器慢，不能拖住别的事，也不被夜间量度拖住。
    "targets.make_reports": {"queue": "reports"},
    "targets.catch_up_reports": {"queue": "reports"},
    "targets.send_reports": {"queue": "reports"},
}
CELERY_BEAT_SCHEDULE = {
    # 每日 02:00 量度前一日（rules.md 1）
    "take-snapshot": {"task": "targets.take_snapshot", "schedule": crontab(hour=2, minute=0)},
    # 量度之后没做成的报告补上；写入与寄出到时间的邮件。赶不上一轮的不攒着。
    "catch-up-reports": {
        "task": "targets.catch_up_reports",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 540},
    },
    "send-reports": {
        "task": "targets.send_reports",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    # 只接着做已确认的销毁计划，并报到期人数；新计划须两人办理（destroy_persons）
    "watch-retention": {
        "task": "contracts.watch_retention",
        "schedule": crontab(hour=4, minute=30),
    },
    # 导入的文件满了天数就清除
    "drop-import-files": {
        "task": "institutions.drop_import_files",
        "schedule": crontab(hour=4, minute=10),
    },
    # 保存期满的扫描件
    "destroy-scans": {
        "task": "attachments.destroy_scans",
        "schedule": crontab(hour=4, minute=20),
    },
    # 机构、区划的归属到日子变动：每日零点过后记下，变更接口才有编号可给。
    "keep-turns": {"task": "institutions.keep_turns", "schedule": crontab(hour=0, minute=1)},
    # 有新变更便通知订阅的系统；没送到的隔一会儿再送
    "send-notices": {"task": "api.send_notices", "schedule": crontab()},
    "clear-notices": {"task": "api.clear_notices", "schedule": crontab(hour=4, minute=15)},
    "clear-sessions": {"task": "access.clear_sessions", "schedule": crontab(hour=4, minute=0)},
    # 后台停过、没有处理完的民政整册，接着处理
    "resume-uploads": {"task": "institutions.resume_uploads", "schedule": crontab(minute=20)},
    "clear-api-answers": {"task": "api.clear_answers", "schedule": crontab(hour=4, minute=5)},
    # 审计每分钟封存；每夜锚定、查验、清除期满的。
    "seal-audit": {"task": "audit.seal", "schedule": crontab()},
    "anchor-audit": {"task": "audit.anchor", "schedule": crontab(hour=3, minute=30)},
    "verify-audit": {"task": "audit.verify", "schedule": crontab(hour=3, minute=40)},
    "expire-audit": {"task": "audit.expire", "schedule": crontab(hour=4, minute=30)},
}
