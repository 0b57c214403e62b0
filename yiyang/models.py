"""The models of the project package, gathered where Django looks for them."""

from yiyang.access.models import User as User
from yiyang.changelog.models import Change as Change
from yiyang.changelog.models import ChangeEntry as ChangeEntry
from yiyang.changelog.models import ChangeNumber as ChangeNumber
from yiyang.changelog.models import ChangePending as ChangePending
