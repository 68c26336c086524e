"""The office's lists of topics and consultations."""

from django.utils.translation import gettext_lazy as _

from consult.consultations import rules as consultations
from consult.consultations.models import Consultation
from consult.people.roles import Role, scope_of
from consult.topics import rules as topics
from consult.topics.models import Topic
from portal.filters import topics as filters
from portal.kit.lists import Column, List


class Topics(List):
    model = Topic
    visible_to = topics.visible_to
    filterset = filters.Topics
    title = _("Topics")
    intro = _("Sharp questions made of many voices, the most pressing first.")
    template_name = "office/topics.html"
    empty = _("No topic yet. Tick opinions in their list and open one.")
    related = ("project",)
    reads = ("number", "title", "kind", "priority", "state", "planned_on", "project__name")
    order = ("priority", "planned_on", "pk")
    start = ("topic.open", _("Open a topic"))
    columns = (Column("number", _("No.")), Column("title", _("Title"), link=True), Column("kind", _("Kind")),
               Column("priority", _("Priority"), order="priority"), Column("project", _("Project")), Column("state", _("State")),
               Column("planned_on", _("Planned"), order="planned_on"))

    def rows(self, user):
        return super().rows(user).filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE, Role.CHAIR))


class Consultations(List):
    model = Consultation
    visible_to = consultations.readers_of
    filterset = filters.Consultations
    title = _("Consultations")
    related = ("topic",)
    reads = ("number", "title", "form", "starts_at", "venue", "state", "topic__kind")
    order = ("-starts_at", "-pk")
    start = ("consultation.prepare", _("Prepare a consultation"))
    columns = (Column("number", _("No.")), Column("title", _("Title"), link=True), Column("kind", _("Kind"), value="topic.kind"),
               Column("form", _("Form")), Column("starts_at", _("Time"), order="starts_at"), Column("venue", _("Place")),
               Column("state", _("State")))

    def rows(self, user):
        return super().rows(user).filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE, Role.CHAIR))
