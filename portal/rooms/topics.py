"""The page of a topic: the question, the voices behind it, its dates; and how it goes from draft to plan."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.journey import board
from consult.kit import calendar
from consult.kit.rules import Sentence, visibility
from consult.opinions.models import Opinion
from consult.showcases.models import Case
from consult.topics import actions, joining, priority, rules
from consult.topics.models import Topic
from consult.topics.states import TopicState
from portal.forms import topics as forms
from portal.kit import addresses
from portal.kit.forms import RequiredNote, Words
from portal.kit.moves import Act, Start
from portal.kit.pages import Page

S = TopicState
#: States in which a further consultation may be prepared.
TALKED = (S.PUBLISHED, S.IN_CONSULTATION, S.CONSULTED, S.TRACKED)
NEXT: dict[str, Sentence] = {
    S.DRAFTED: _("CPPCC office: put it before the chairpersons' meeting"), S.UNDER_REVIEW: _("CPPCC chair: decide"),
    S.REPORTED: _("CPPCC office: record the consent of the Party committee"), S.PLANNED: _("CPPCC office: announce it"),
    S.PUBLISHED: _("CPPCC office or a member: prepare the consultation"), S.DEFERRED: _("CPPCC office: resume or withdraw"),
    S.IN_CONSULTATION: _("Those at the table"), S.CONSULTED: _("CPPCC office: compile the briefing"),
    S.TRACKED: _("The departments charged with it"),
}


class TopicPage(Page):
    model = Topic
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("project__subdistrict", "jurisdiction", "committee", "plan", "opened_by")
    public = True
    template_name = "rooms/topics/topic.html"
    acts = (
        Act("submit_review", _("Put before the chairpersons' meeting"), rules.may_submit_review, actions.submit_review,
            quiet=True, effect=_("The chair decides. Until then it can't be changed.")),
        Act("approve", _("Approve"), rules.may_approve, actions.approve, quiet=True,
            effect=_("The chairpersons' meeting agrees; the office reports it to the district Party committee.")),
        Act("record_consent", _("Record the consent"), rules.may_record_consent, actions.record_consent, form=forms.Consent,
            quiet=True, effect=_("The topic enters the annual plan.")),
        Act("publish", _("Announce"), rules.may_publish, actions.publish, quiet=True,
            effect=_("Everybody can read title, focus and dates; a conflict stays closed.")),
        Act("add_opinion", _("Take more opinions in"), rules.may_add_opinion, actions.add_opinion, form=forms.AddOpinions,
            quiet=True, effect=_("Each voice is kept and answered separately.")),
        Act("take_joined", _("Take in those who joined"), joining.may_take_joined, joining.take_joined, moves=("add_opinion",),
            quiet=True, effect=_("Everybody who said “me too” and waits becomes a voice of this topic, and is told.")),
        Act("amend", _("Change the draft"), rules.may_amend, actions.amend, form=forms.Question, quiet=True,
            initial=forms.words_of),
        Act("set_priority", _("Set the priority"), rules.may_set_priority, actions.set_priority, form=forms.SetPriority,
            initial=lambda topic, user: {"priority": topic.priority, "reason": topic.priority_reason}, quiet=True),
        Act("add_milestone", _("Add a milestone"), rules.may_add_milestone, actions.add_milestone, form=forms.AddMilestone,
            quiet=True),
        Act("reach_milestone", _("A milestone is reached"), rules.may_reach_milestone, actions.reach_milestone,
            form=forms.ReachMilestone, quiet=True),
        Act("tell_voices", _("Tell everyone who spoke"), rules.may_tell_voices, actions.tell_voices, form=Words, quiet=True,
            effect=_("Everyone behind this topic reads it on their receipt page.")),
        Act("send_back", _("Send back"), rules.may_send_back, actions.send_back, form=RequiredNote, quiet=True,
            effect=_("The office changes the draft and puts it up again.")),
        Act("drop_opinion", _("Give an opinion back"), rules.may_drop_opinion, actions.drop_opinion, form=forms.DropOpinion,
            quiet=True, effect=_("It goes back to triage; its submitter is told.")),
        Act("defer", _("Defer"), rules.may_defer, actions.defer, form=RequiredNote, quiet=True),
        Act("resume", _("Resume"), rules.may_resume, actions.resume, quiet=True, effect=_("It is a draft again.")),
        Act("withdraw", _("Withdraw"), rules.may_withdraw, actions.withdraw, form=RequiredNote, danger=True, quiet=True,
            effect=_("The opinions go back to triage; everyone behind it is told.")),
    )

    def must_act(self, obj: Any) -> Sentence:
        return NEXT.get(obj.state, "")

    def due(self, obj: Any) -> Any:
        if obj.state in (S.CLOSED, S.WITHDRAWN):
            return None
        return obj.finish_on if obj.state in (S.IN_CONSULTATION, S.CONSULTED, S.TRACKED) else obj.planned_on

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        told = [(_("Focus"), obj.focus), (_("Kind"), obj.get_kind_display()), (_("Renewal project"), obj.project),
                (_("Project stage"), obj.get_stage_display()), (_("Planned date of the consultation"), obj.planned_on),
                (_("To be settled by"), obj.finish_on)]
        if not rules.reads_file(self.request.user, obj):
            return told
        return [*told, (_("Priority"), f"{obj.get_priority_display()} · {obj.priority_reason}"),
                (_("Special committee"), str(obj.committee or "")), (_("Annual plan"), str(obj.plan or "")),
                (_("Opened by"), f"{obj.opened_by}"), (_("Background"), obj.background), (_("Note on the state"), obj.state_note)]

    def extra(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        voices = priority.opinions_of(obj)
        reads = rules.reads_voices(user, obj)
        mine = set(visibility(Opinion, user).filter(pk__in=[voice.pk for voice in voices]).values_list("pk", flat=True))
        sessions = list(visibility(Consultation, user).filter(topic=obj).select_related("topic").order_by("starts_at"))
        return {
            "file": rules.reads_file(user, obj), "voices": len(voices), "tags": priority.tags_of(voices),
            "words": [(voice, rules.words_for(user, voice), voice.pk in mine) for voice in voices] if reads else [],
            "milestones": list(obj.milestones.all()), "consultations": sessions,
            "posted": {one.pk for one in sessions if board.stands(one)},
            "prepare": self.starter("consultation.prepare", obj) if obj.state in TALKED else "",
            "brief": self.starter("briefing.compile", obj) if obj.state in (S.CONSULTED, S.TRACKED) else "",
            "tell": self.starter("case.write", obj) if self.untold(obj) else "",
            "joined": joining.waiting(obj).count() if joining.takes(obj) else 0,
            "join": addresses.to("topic.join", obj.pk) if joining.takes(obj) else "",
            "suggestion": self.suggestion(obj)}

    def untold(self, obj: Any) -> bool:
        return obj.state == S.CLOSED and not Case.objects.filter(topic=obj).exists()

    def starter(self, name: str, topic: Topic) -> str:
        """The address that begins the next stage from here, for whoever may begin it."""
        from consult.briefings.rules import may_compile
        from consult.consultations.rules import may_prepare
        from consult.showcases.rules import may_write
        may = {"consultation.prepare": may_prepare, "briefing.compile": may_compile, "case.write": may_write}[name]
        url = addresses.to(name) if may(self.request.user, topic) else ""
        return f"{url}?topic={topic.pk}" if url else ""

    def suggestion(self, obj: Any) -> Any:
        if obj.state != S.DRAFTED or not rules.may_set_priority(self.request.user, obj):
            return None
        return priority.suggest(obj, calendar.today())

    def history(self, obj: Any) -> Any:
        return super().history(obj) if rules.reads_file(self.request.user, obj) else None

    def readers(self, obj: Any) -> list[Sentence]:
        return super().readers(obj) if self.request.user.is_authenticated else []


urlpatterns = [
    Start("open", _("Open a topic"), rules.may_open, actions.open_topic, form=forms.OpenTopic, initial=forms.begin,
          effect=_("One project, its stage, one focus, and dates: a vague topic can't be opened."))
    .url("topics/open/", "topic.open"),
    *TopicPage.urls("topics"),
]

