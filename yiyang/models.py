"""The models of the project package, gathered where Django looks for them."""

from yiyang.access.models import User as User
