"""Every setting of the portal, read from the environment; unknown or missing values raise."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from yiyang.audit.retention import MINIMUM_KEEP_DAYS

# 发信的设置另成一个文件；矛盾的在那里就拒绝。
from yiyang.mail_settings import MAIL_CA_FILE as MAIL_CA_FILE
from yiyang.mail_settings import MAIL_DIR as MAIL_DIR
from yiyang.mail_settings import MAIL_FROM as MAIL_FROM
from yiyang.mail_settings import MAIL_HOST as MAIL_HOST
from yiyang.mail_settings import MAIL_PASSWORD as MAIL_PASSWORD
from yiyang.mail_settings import MAIL_PORT as MAIL_PORT
from yiyang.mail_settings import MAIL_SECONDS as MAIL_SECONDS
from yiyang.mail_settings import MAIL_TLS as MAIL_TLS
from yiyang.mail_settings import MAIL_USER as MAIL_USER
from yiyang.mail_settings import PORTAL_URL as PORTAL_URL
from yiyang.mail_settings import REPORT_CATCH_UP_DAYS as REPORT_CATCH_UP_DAYS
from yiyang.mail_settings import REPORT_SCHEDULES as REPORT_SCHEDULES

# 后台几点做什么、排在哪个队列，另成一个文件。
from yiyang.schedule import CELERY_BEAT_SCHEDULE as CELERY_BEAT_SCHEDULE
from yiyang.schedule import CELERY_TASK_ROUTES as CELERY_TASK_ROUTES

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# 门户本身
PORTAL_REGION = env.str("PORTAL_REGION", default="150300000000")
PORTAL_NAME = env.str("PORTAL_NAME", default="乌海市医养结合门户")
DEMO = env.bool("DEMO", default=False)
DEMO_MARK = "演示数据·非真实"
BUILD_VERSION = env.str("BUILD_VERSION", default="dev")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "drf_spectacular",
    "yiyang",
    "institutions",
    "contracts",
    "targets",
]

# 接口：令牌、问题文档、契约都在 yiyang.api；没有声明的一概不开。
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["yiyang.api.authentication.TokenAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["yiyang.api.bodies.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "yiyang.api.problems.answer_exception",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PORTAL_NAME}接口",
    "DESCRIPTION": "登记、政策目标与指标结果；用法与错误代码见 /api/docs/。",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_NAME_OVERRIDES": {
        "InstitutionStatusEnum": "institutions.models.institutions.Status",
        "HospitalLevelEnum": [(1, "一级"), (2, "二级"), (3, "三级")],
        "RegionLevelEnum": "institutions.models.regions.RegionLevel",
        "ValidityStatusEnum": "targets.models.policies.ValidityStatus",
        "DeliveryStateEnum": "yiyang.api.webhooks.models.DeliveryState",
        "BedBasisEnum": "institutions.models.capacity.BedBasis",
        "PopulationBasisEnum": "institutions.models.regions.PopulationBasis",
        "LicenceKindEnum": "institutions.models.institutions.LicenceKind",
        "UploadStateEnum": "institutions.models.uploads.UploadState",
        "RowStatusEnum": "yiyang.api.write_schema.ROW_CHOICES",
    },
    "AUTHENTICATION_WHITELIST": ["yiyang.api.authentication.TokenAuthentication"],
}
# 一个令牌一分钟几次；一个令牌最长几天。
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=600)
API_TOKEN_MAX_DAYS = env.int("API_TOKEN_MAX_DAYS", default=366)
# 民政整册的请求内容至多多少字节。
API_UPLOAD_MAX_BYTES = env.int("API_UPLOAD_MAX_BYTES", default=16 * 1024 * 1024)
# 带 Idempotency-Key 的调用，答复存几天。
API_ANSWER_KEEP_DAYS = env.int("API_ANSWER_KEEP_DAYS", default=7)
# 变更通知：可以送到的内部网段（缺省一个也没有）；对方自建证书机构的根证书；等几秒；
# 了结的通知存几天。
WEBHOOK_ALLOWED_NETWORKS = env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
WEBHOOK_CA_FILE = env.str("WEBHOOK_CA_FILE", default="")
WEBHOOK_SECONDS = env.int("WEBHOOK_SECONDS", default=10)
WEBHOOK_KEEP_DAYS = env.int("WEBHOOK_KEEP_DAYS", default=90)

MIDDLEWARE = [
    # 这几个在最外层：出错页、被拒的请求、静态文件也带上同样的头。
    "django.middleware.security.SecurityMiddleware",
    "yiyang.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yiyang.plain_text.PlainTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "yiyang.access.middleware.SessionLimitMiddleware",
    "yiyang.access.middleware.ActorMiddleware",
    "yiyang.audit.middleware.AuditMiddleware",
    "yiyang.access.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "yiyang.urls"
WSGI_APPLICATION = "yiyang.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yiyang.context.portal",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
        },
    }
]

# 数据库：只有 PostgreSQL。网站与工作进程用 yiyang_app 登录，迁移用 yiyang_owner。
DATABASES = {"default": env.db_url("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
# 指标查询的表达式多、行数少：即时编译要花十几秒，查询本身只要几十毫秒。
# 网站的查询设上限：人走了，查询不该还在跑。夜间量度与命令不设（0）。
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=0)
DATABASES["default"]["OPTIONS"] = {
    "options": f"-c jit=off -c statement_timeout={STATEMENT_TIMEOUT_MS}"
}
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default="yiyang_app")

# 缓存与队列：没有 REDIS_URL 时缓存在进程内、夜间任务在进程内运行。
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"

AUTH_USER_MODEL = "yiyang.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "yiyang.access.backends.PasswordWithCodeBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"yiyang.access.passwords.{rule}"}
    for rule in ("LengthByRole", "CharacterClasses", "WithoutOwnName", "NotCommon", "NotUsedBefore")
]
# 口令满这么多天须更换；最近几次用过的不得再用（等保惯例 90 天、5 次）。
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=90)
PASSWORD_HISTORY = env.int("PASSWORD_HISTORY", default=5)
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
# 一个账号不论从哪里失败 5 次，锁 15 分钟，安全管理员可提前解锁。一处网络另计，上限高：
# 整个单位常共用一个出口地址，不能因一人忘了口令全都进不来。
AXES_FAILURE_LIMIT = env.int("ACCOUNT_FAILURE_LIMIT", default=5)
NETWORK_FAILURE_LIMIT = env.int("NETWORK_FAILURE_LIMIT", default=50)
AXES_HANDLER = "yiyang.access.lockout.LockoutHandler"
AXES_CLIENT_IP_CALLABLE = "yiyang.access.lockout.network_to_count"
AXES_COOLOFF_TIME = 0.25
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # 锁着时再试不延长，否则“15 分钟”不是真话
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]  # 次序即 LockoutHandler 读的次序
AXES_DISABLE_ACCESS_LOG = True  # 登录记在审计里
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False  # 每条命令都报一次启动，淹没真正的日志
AXES_LOCKOUT_CALLABLE = "yiyang.access.views.sign_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "otp_token", "csrfmiddlewaretoken"]
OTP_TOTP_ISSUER = PORTAL_NAME

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# 清单存储须先 collectstatic；演示与测试直接从源文件夹送。
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=not (DEBUG or DEMO))
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if STATIC_MANIFEST else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if STATIC_MANIFEST
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_ALLOW_ALL_ORIGINS = False  # 默认让任何网站的脚本读静态文件

# 网络安全
FILE_UPLOAD_HANDLERS = [
    "yiyang.uploads.SizeLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
HTTPS = env.bool("HTTPS", default=not (DEBUG or DEMO))
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# __Host- 开头的 Cookie，浏览器不收别的子域名种下的，也不发给它们。
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "yiyang.access.sessions"
# 闲置多久退出；再忙也不超过几小时；活动时间隔多久记一次；一个账号是否只许一处登录。
SESSION_COOKIE_AGE = 60 * env.int("SESSION_IDLE_MINUTES", default=30)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_LONGEST_HOURS = env.int("SESSION_LONGEST_HOURS", default=12)
SESSION_SEEN_SECONDS = 60
SINGLE_SESSION = env.bool("SINGLE_SESSION", default=False)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# 个人信息加密：主密钥 {编号: 32 字节 base64}，现用编号，检索散列密钥。
FIELD_CIPHER = env.str("FIELD_CIPHER", default="AES-256-GCM")
FIELD_KEYS = env.dict("FIELD_KEYS")
FIELD_KEY_ID = env.str("FIELD_KEY_ID")
DIGEST_KEY = env.str("DIGEST_KEY")
# 换检索密钥期间旧的几把：旧记录换完之前仍查得到（rotate_keys）。
OLD_DIGEST_KEYS = env.list("OLD_DIGEST_KEYS", default=[])
# 个人信息的保存期（年）：死亡后；迁出且再无服务后；作废后。期满由 destroy_persons 销毁。
RETENTION_YEARS_AFTER_DEATH = env.int("RETENTION_YEARS_AFTER_DEATH", default=10)
RETENTION_YEARS_AFTER_LEAVING = env.int("RETENTION_YEARS_AFTER_LEAVING", default=10)

# 审计：链的密钥 {编号: 32 字节 base64} 与现用编号，锚点文件（只追加，放在数据库之外），保存天数。
AUDIT_KEYS = env.dict("AUDIT_KEYS")
AUDIT_KEY_ID = env.str("AUDIT_KEY_ID")
AUDIT_ANCHOR_FILE = Path(env.str("AUDIT_ANCHOR_FILE"))
AUDIT_KEEP_DAYS = env.int("AUDIT_KEEP_DAYS", default=365)
if AUDIT_KEEP_DAYS < MINIMUM_KEEP_DAYS:
    raise ImproperlyConfigured(
        f"AUDIT_KEEP_DAYS={AUDIT_KEEP_DAYS} 太短：审计依法至少保存 {MINIMUM_KEEP_DAYS} 天，请改大。"
    )
if AUDIT_KEY_ID not in AUDIT_KEYS:
    raise ImproperlyConfigured(f"AUDIT_KEY_ID={AUDIT_KEY_ID} 不在 AUDIT_KEYS 中，请改正。")
# 前面有几层自家的反向代理：来源地址取 X-Forwarded-For 里它们写的那一个。
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
# 老年人：明文一次显示几秒、每账号每天看几次；按证件号或姓名每账号每小时查几次。
REVEAL_SECONDS = env.int("REVEAL_SECONDS", default=60)
REVEALS_PER_DAY = env.int("REVEALS_PER_DAY", default=30)
PERSON_SEARCHES_PER_HOUR = env.int("PERSON_SEARCHES_PER_HOUR", default=60)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "yiyang.lib.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {
        # axes 每次启动都报一遍版本，淹没管理命令自己的输出。
        "axes.apps": {"level": "WARNING"},
        # 每份 PDF 报十几行步骤，还把它不认识的浏览器样式当警告。
        "weasyprint": {"level": "ERROR"},
        # 框架默认把出错页连同提交的内容寄给 ADMINS：里面有姓名和证件号，一封也不寄。
        "django": {"handlers": []},
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}

# 夜间量度分几片数；大于 1 且有 REDIS_URL 时由 shards 队列的工作进程分担。
SNAPSHOT_SHARDS = env.int("SNAPSHOT_SHARDS", default=1)
# 在本进程量度时同时用几条连接。
SNAPSHOT_LANES = env.int("SNAPSHOT_LANES", default=2)
SHARD_RESEND_SECONDS = env.int("SHARD_RESEND_SECONDS", default=15)

# 协议编号规则：年度、养老方所在区的六位代码、该区当年的流水号；流水号不可少，否则会重号。
AGREEMENT_NUMBER_RULE = env.str(
    "AGREEMENT_NUMBER_RULE", default="医养协{year}-{region}-{serial:04d}"
)
try:
    _numbers = {AGREEMENT_NUMBER_RULE.format(year=2000, region="0", serial=n) for n in (1, 2)}
except (KeyError, IndexError, ValueError) as error:
    raise ImproperlyConfigured(
        f"AGREEMENT_NUMBER_RULE={AGREEMENT_NUMBER_RULE} 写错了（{error}）；"
        "只能用 {year}、{region}、{serial}。"
    ) from error
if len(_numbers) == 1:
    raise ImproperlyConfigured("AGREEMENT_NUMBER_RULE 里没有 {serial}，会重号，请加上。")

# 附件：一个文件至多几 MB，一条记录至多几个。
ATTACHMENT_MAX_MB = env.int("ATTACHMENT_MAX_MB", default=10)
ATTACHMENTS_PER_RECORD = env.int("ATTACHMENTS_PER_RECORD", default=20)
# 扫描件的保存期（年）。记录结束（到期、解约、注销、销号、完成）或作废后：协议、证照按文书档案
# 定期保管的惯例存 10 年，与个人信息同。作废的附件谁也打不开，只为查究作废得对不对，
# 与审计同样存 1 年。
ATTACHMENT_YEARS_AFTER_END = env.int("ATTACHMENT_YEARS_AFTER_END", default=10)
ATTACHMENT_YEARS_AFTER_VOID = env.int("ATTACHMENT_YEARS_AFTER_VOID", default=1)

# 一方请另一方改登记，几个工作日内答复（rules.md 25）。
CHANGE_REQUEST_WORKING_DAYS = env.int("CHANGE_REQUEST_WORKING_DAYS", default=5)

# 统计口径（rules.md）：可改，改动印在脚注里。
REPORT_CARRY_DAYS = env.int("REPORT_CARRY_DAYS", default=92)
MINIMUM_COVERAGE_PERCENT = env.int("MINIMUM_COVERAGE_PERCENT", default=90)
SMALL_CELL_LIMIT = env.int("SMALL_CELL_LIMIT", default=5)
# 导入：文件与预览保存几天；整份台账比登记少百分之几即疑为半份。
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=30)
IMPORT_SHORT_PERCENT = env.int("IMPORT_SHORT_PERCENT", default=20)
# 指标页是否给各区划排名次；不排的按区划代码列出。
INDICATOR_RANKING = env.bool("INDICATOR_RANKING", default=True)

# 图表转 PNG 时除系统字体外另找中文字体的目录。
CHART_FONT_DIRS = env.list("CHART_FONT_DIRS", default=[])
# 数据质量：协议草稿几天未签、人口数几年未更新，列为发现。
QUALITY_DRAFT_DAYS = env.int("QUALITY_DRAFT_DAYS", default=90)
QUALITY_POPULATION_YEARS = env.int("QUALITY_POPULATION_YEARS", default=2)
SNAPSHOT_MAX_AGE_HOURS = env.int("SNAPSHOT_MAX_AGE_HOURS", default=26)
# 督办单的编号规则，一年一序。
SUPERVISION_NUMBER_RULE = env.str("SUPERVISION_NUMBER_RULE", default="医养督〔{year}〕{serial}号")
# 季度监测：机构报出、区审核上报、市汇总，各在季后第几个工作日之前。
RETURN_WORKING_DAYS = tuple(env.list("RETURN_WORKING_DAYS", cast=int, default=[5, 10, 15]))
# 督办与任务节点：剩余几个工作日以内提醒、黄牌、红牌。
LIGHT_REMIND_DAYS = env.int("LIGHT_REMIND_DAYS", default=10)
LIGHT_YELLOW_DAYS = env.int("LIGHT_YELLOW_DAYS", default=5)
LIGHT_RED_DAYS = env.int("LIGHT_RED_DAYS", default=2)
if not 0 <= LIGHT_RED_DAYS < LIGHT_YELLOW_DAYS < LIGHT_REMIND_DAYS:
    raise ImproperlyConfigured(
        "LIGHT_RED_DAYS、LIGHT_YELLOW_DAYS、LIGHT_REMIND_DAYS 应依次增大，且不为负；请改正。"
    )
POPULATION_BASIS = env.str("POPULATION_BASIS", default="USUAL")
# 绿色通道计入的机构类别（rules.md 16）；诊所、村卫生室、医务室、护理站默认不计。
GREEN_CHANNEL_GROUPS = env.list(
    "GREEN_CHANNEL_GROUPS",
    default=[
        *("HOSPITAL", "COMMUNITY_HEALTH", "TOWNSHIP_HEALTH"),
        *("OUTPATIENT", "MATERNAL_CHILD", "SPECIALISED_PREVENTION"),
    ],
)
