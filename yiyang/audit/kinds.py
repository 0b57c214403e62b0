"""What can happen that the audit keeps, as closed lists whose values are never reused."""

from django.db.models import TextChoices


class EventKind(TextChoices):
    SIGN_IN = "SIGN_IN", "登录"
    SIGN_OUT = "SIGN_OUT", "退出"
    DENIED = "DENIED", "访问被拒"
    FAILED = "FAILED", "处理出错"
    VIEW_PERSONAL = "VIEW_PERSONAL", "查看个人信息"
    REVEAL = "REVEAL", "查看明文"
    EXPORT = "EXPORT", "导出"
    ACCOUNT_CHANGE = "ACCOUNT_CHANGE", "账号变更"
    SESSION_END = "SESSION_END", "结束会话"
    TOKEN = "TOKEN", "接口令牌"
    SETTING = "SETTING", "设置变更"
    PERSON_CHANGE = "PERSON_CHANGE", "个人信息更正"
    MERGE = "MERGE", "合并个人记录"
    DESTROY = "DESTROY", "销毁个人信息"
    KEY_ROTATION = "KEY_ROTATION", "密钥轮换"
    API_CALL = "API_CALL", "接口调用"
    VIEW_AUDIT = "VIEW_AUDIT", "查看审计"
    AUDIT_EXPIRY = "AUDIT_EXPIRY", "清除到期审计"


class Outcome(TextChoices):
    ALLOWED = "ALLOWED", "成功"
    DENIED = "DENIED", "拒绝"
    FAILED = "FAILED", "失败"
