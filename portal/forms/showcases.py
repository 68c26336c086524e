"""Forms of the public cases."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.showcases.models import Case
from consult.topics.models import Topic
from consult.topics.rules import visible_to
from consult.topics.states import TopicState
from portal.kit.forms import ActForm


class Story(ActForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    asked = forms.CharField(label=_("What was asked"), widget=forms.Textarea(attrs={"rows": "5"}), max_length=5000)
    talked = forms.CharField(label=_("How it was talked over"), widget=forms.Textarea(attrs={"rows": "5"}), max_length=5000)
    outcome = forms.CharField(label=_("What came of it"), widget=forms.Textarea(attrs={"rows": "5"}), max_length=5000)
    told_on = forms.DateField(label=_("Date of the case"))


class WriteCase(Story):
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.none(),
                                   help_text=_("Closed topics that have not been told yet."))
    field_order = ("topic",)

    def prepare(self) -> None:
        closed = visible_to(self.user).filter(state=TopicState.CLOSED)
        self.fields["topic"].queryset = closed.exclude(pk__in=Case.objects.values("topic_id"))  # type: ignore[attr-defined]
