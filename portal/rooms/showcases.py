"""Public cases: the page everybody reads, and how the office writes it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit import calendar
from consult.showcases import actions, rules
from consult.showcases.models import Case
from consult.topics.models import Topic
from portal.forms import showcases as forms
from portal.kit.forms import RequiredNote
from portal.kit.moves import Act, Start
from portal.kit.pages import Page


def words(case: Any, user: Any) -> dict[str, Any]:
    return {name: getattr(case, name) for name in ("title", "asked", "talked", "outcome", "told_on")}


class CasePage(Page):
    model = Case
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("topic__project", "subdistrict")
    public = True
    template_name = "rooms/showcases/case.html"
    acts = (
        Act("publish", _("Publish"), rules.may_publish, actions.publish, quiet=True,
            effect=_("Everybody can read it, without signing in. Read it once more: no names, no numbers of persons.")),
        Act("edit", _("Change the words"), rules.may_edit, actions.edit, form=forms.Story, moves=("publish",),
            initial=words, quiet=True),
        Act("withdraw", _("Withdraw"), rules.may_withdraw, actions.withdraw, form=RequiredNote, danger=True, quiet=True,
            effect=_("It is no longer shown to the public.")),
    )

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        return [(_("Date"), obj.told_on), (_("Place"), obj.subdistrict), (_("Project"), obj.topic.project),
                (_("Kind"), obj.topic.get_kind_display())]

    def history(self, obj: Any) -> Any:
        return super().history(obj) if self.request.user.is_authenticated else None

    def readers(self, obj: Any) -> list[Any]:
        return super().readers(obj) if self.request.user.is_authenticated else []


def first_words(request: Any) -> dict[str, Any]:
    """A first wording from the topic named in the address."""
    given = request.GET.get("topic", "")
    topic = Topic.objects.filter(pk=given).first() if given.isdecimal() else None
    start = {"told_on": calendar.today()}
    return {**start, "topic": topic.pk, "title": topic.title, "asked": topic.focus} if topic else start


urlpatterns = [
    *CasePage.urls("cases"),
    Start("write", _("Tell a case"), rules.may_write, actions.write, form=forms.WriteCase, initial=first_words,
          effect=_("A finished topic is told for everybody: what was asked, how it was talked over, what came of it."))
    .url("cases/write/", "case.write"),
]
