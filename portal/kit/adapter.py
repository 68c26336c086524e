"""How people get in: accounts are made by the system administrator, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from consult.kit import calendar
from consult.people.door import user_of


class Accounts(AuthenticationBackend):
    """allauth's accounts, read as the door reads them."""

    def get_user(self, user_id: Any) -> Any:
        user = user_of(user_id, calendar.today())
        return user if user is not None and self.user_can_authenticate(user) else None


class Adapter(DefaultAccountAdapter):
    """allauth's questions about accounts, answered for this house."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_user_display(self, user: Any) -> str:
        return str(user)

    def set_password(self, user: Any, password: str) -> None:
        """A new password of one's own lifts the duty to change it."""
        user.must_change_password = False
        super().set_password(user, password)
