"""Addresses under which the security administrator looks after everyone's accounts."""

from django.urls import path

from yiyang.access.views import accounts

# /accounts/
urlpatterns = [
    path("", accounts.user_list, name="user-list"),
    path("new", accounts.user_open, name="user-open"),
    path("<int:user_id>/", accounts.user_detail, name="user-detail"),
    path("<int:user_id>/role", accounts.user_role, name="user-role"),
    path("<int:user_id>/password", accounts.user_password, name="user-password"),
    *(
        path(f"<int:user_id>/{name}", accounts.user_act, {"act": act}, name=f"user-{name}")
        for name, act in (
            ("disable", accounts.disable),
            ("enable", accounts.enable),
            ("unlock", accounts.unlock),
            ("reset-code-device", accounts.reset_code_device),
        )
    ),
]
