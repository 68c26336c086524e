"""Accounts and appointments: made by one administrator, given rights by another."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.kit.rules import because
from consult.people import actions, rules
from consult.people.models import Appointment, User
from portal.forms import people as forms
from portal.kit.moves import Act, Start
from portal.kit.pages import Page


@because(_("The account is disabled."))
def works(user: Any, account: Any) -> bool:
    return bool(account.is_active)


@because(_("The account may be used already."))
def disabled(user: Any, account: Any) -> bool:
    return not account.is_active


class UserPage(Page):
    model = User
    visible_to = rules.visible_to
    acts = (
        Act("appoint", _("Appoint"), rules.may_appoint, actions.appoint, form=forms.Appoint,
            effect=_("The role counts from its first day on; what the person may do follows from it.")),
        Act("reset_password", _("Set a one-time password"), rules.may_disable_account, actions.reset_password,
            form=forms.OneTimePassword, effect=_("Every session of the account ends.")),
        Act("disable_account", _("Disable"), rules.may_disable_account & works, actions.disable_account, form=forms.Why,
            danger=True, quiet=True,
            effect=_("Nobody signs in with this account any more. What it did stays on record.")),
        Act("enable_account", _("Enable again"), rules.may_disable_account & disabled, actions.enable_account, form=forms.Why,
            quiet=True,
            effect=_("The account may be used again; its appointments are those still in force.")),
    )

    def title(self, obj: Any) -> Any:
        return obj.name or obj.username

    def number(self, obj: Any) -> str:
        return str(obj.username)

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        posts = rules.appointments_visible_to(self.request.user).filter(user=obj).select_related(
            "jurisdiction", "department", "subdistrict", "user").order_by("-since")
        return [(_("May sign in"), obj.is_active), (_("Must change the password"), obj.must_change_password),
                (_("E-mail"), obj.email), (_("Appointments"), list(posts))]


class AppointmentPage(Page):
    model = Appointment
    visible_to = rules.appointments_visible_to
    related = ("user", "jurisdiction", "department", "subdistrict")
    acts = (
        Act("end_appointment", _("End the appointment"), rules.may_end_appointment, actions.end_appointment,
            form=forms.EndAppointment, danger=True, effect=_("From then on the person has no rights from it.")),
    )

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        in_force = obj.since <= calendar.today() and (obj.until is None or obj.until >= calendar.today())
        return [(_("Person"), obj.user), (_("Role"), obj.get_role_display()), (_("Body"), obj.body.name), (_("Post"), obj.post),
                (_("In office since"), obj.since), (_("Until"), obj.until), (_("In force today"), in_force)]


urlpatterns = [
    Start("create_account", _("Make an account"), rules.may_create_account, actions.create_account, form=forms.Account,
          effect=_("The account has no right until the security administrator appoints the person."))
    .url("users/new/", "user.create_account"),
    *UserPage.urls("users"), *AppointmentPage.urls("appointments"),
]
