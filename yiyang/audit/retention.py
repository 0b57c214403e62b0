"""How long the audit is kept."""

# 网络安全法：网络日志不少于六个月。数据库里的清除函数也守这个下限（迁移 0003）。
MINIMUM_KEEP_DAYS = 183
