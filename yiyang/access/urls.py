"""Addresses of signing in and out, and of one's own account."""

from django.urls import path

from yiyang.access.views import code_devices, own, sign_in

# /account/
urlpatterns = [
    path("", own.account, name="account"),
    path("sign-in", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("password", own.password_change, name="password-change"),
    path("code-device", code_devices.code_device, name="code-device"),
    path("code-device/replace", code_devices.code_device_replace, name="code-device-replace"),
    path("sessions/end-others", own.session_end_others, name="session-end-others"),
    path("sessions/<int:session_id>/end", own.session_end, name="session-end"),
]
