"""The models of the project package, gathered where Django looks for them."""

from yiyang.access.models import AccountSession, PasswordRecord, User
from yiyang.api.models import ApiAnswer, ApiToken, ApiTokenUse
from yiyang.api.webhooks.models import Delivery, Subscription, SubscriptionPlace
from yiyang.attachments.models import Attachment, AttachmentContent
from yiyang.audit.models import AuditBatch, AuditEvent, AuditSeal
from yiyang.changelog.models import Change, ChangeEntry, ChangeNumber, ChangePending
from yiyang.holidays.models import Holiday
from yiyang.listing.models import SavedFilter

__all__ = [
    "AccountSession",
    "ApiAnswer",
    "ApiToken",
    "ApiTokenUse",
    "Attachment",
    "AttachmentContent",
    "AuditBatch",
    "AuditEvent",
    "AuditSeal",
    "Change",
    "ChangeEntry",
    "ChangeNumber",
    "ChangePending",
    "Delivery",
    "Holiday",
    "PasswordRecord",
    "SavedFilter",
    "Subscription",
    "SubscriptionPlace",
    "User",
]
