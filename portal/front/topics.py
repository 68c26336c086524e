"""What everybody may read about topics and open consultations."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.consultations import rules as consultations
from consult.consultations.models import Consultation
from consult.topics import rules as topics
from consult.topics.models import Topic
from portal.filters.topics import PublicTopics
from portal.kit.lists import Column, List


class Topics(List):
    """The published list: kind, priority, focus, planned date, state. Conflicts between people are not on it."""

    model = Topic
    visible_to = topics.visible_to
    filterset = PublicTopics
    title = _("Topics")
    intro = _("What is being talked over in the district, and how far it is.")
    empty = _("No topic has been announced yet.")
    related = ("project", "plan")
    reads = ("title", "focus", "kind", "priority", "state", "planned_on", "project__name", "plan__year")
    order = ("priority", "planned_on", "pk")
    public = True
    template_name = "front/topics.html"
    columns = (Column("title", _("Topic"), link=True), Column("focus", _("Focus")), Column("kind", _("Kind")),
               Column("priority", _("Priority"), order="priority"), Column("project", _("Project")),
               Column("plan", _("Annual plan")), Column("planned_on", _("Planned"), order="planned_on"),
               Column("state", _("State")))

    def rows(self, user: Any) -> Any:
        return topics.visible_to(None)


class Consultations(List):
    """Sessions announced to the public: title, time, place."""

    model = Consultation
    visible_to = consultations.visible_to
    title = _("Open consultations")
    intro = _("Come and listen, or tell us beforehand what you think.")
    empty = _("No consultation is announced at the moment.")
    reads = ("title", "starts_at", "venue", "form")
    order = ("-starts_at", "-pk")
    public = True
    columns = (Column("title", _("Title"), link=True), Column("starts_at", _("Time")), Column("venue", _("Place")),
               Column("form", _("Form")))

    def rows(self, user: Any) -> Any:
        return consultations.visible_to(None)
