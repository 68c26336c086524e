"""What members, experts and cadres sit at, and the topics they may read."""

from django.utils.translation import gettext_lazy as _

from consult.consultations import rules as consultations
from consult.consultations.models import Consultation
from consult.topics import rules as topics
from consult.topics.models import Topic
from portal.filters import topics as filters
from portal.kit.lists import CAP_JOINED, Column, List


class Topics(List):
    model = Topic
    cap = CAP_JOINED
    visible_to = topics.visible_to
    filterset = filters.Topics
    title = _("Topics")
    related = ("project",)
    reads = ("title", "kind", "priority", "state", "planned_on", "project__name")
    order = ("priority", "planned_on", "pk")
    columns = (Column("title", _("Title"), link=True), Column("kind", _("Kind")), Column("priority", _("Priority")),
               Column("project", _("Project")), Column("state", _("State")), Column("planned_on", _("Planned")))


class Consultations(List):
    """Those at which one has a seat."""

    model = Consultation
    visible_to = consultations.readers_of
    filterset = filters.Consultations
    title = _("Consultations")
    intro = _("Those you sit at. Open one on your phone to record what is said.")
    empty = _("You are not invited to a consultation yet.")
    reads = ("title", "starts_at", "venue", "form", "state")
    order = ("-starts_at", "-pk")
    start = ("consultation.prepare", _("Prepare a consultation"))
    columns = (Column("title", _("Title"), link=True), Column("starts_at", _("Time")), Column("venue", _("Place")),
               Column("form", _("Form")), Column("state", _("State")))

    def rows(self, user):
        return consultations.sat_by(user)
