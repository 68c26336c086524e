"""The resident's desk: its home and its lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.opinions import rules as opinions
from consult.surveys import rules as surveys
from consult.surveys.states import SurveyState
from portal.kit import homes


class Home(homes.Home):
    desk = "residents"
    intro = _("What became of what you said, and what you can do now.")

    def recent(self) -> list[tuple[Any, Any]]:
        mine = opinions.own(self.request.user).order_by("-submitted_at", "-id")
        asked = surveys.visible_to(self.request.user).filter(project__public=True, state=SurveyState.OPENED)
        return [(_("My opinions"), mine), (_("Surveys"), asked.order_by("closes_on", "-id"))]
