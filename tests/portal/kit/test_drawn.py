"""What is put together without templates is what the templates of Django give."""

import re
from datetime import date
from types import SimpleNamespace

import django_filters
import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils import translation

from consult.kit import calendar
from consult.tasks.models import Task
from portal.kit import marks
from portal.kit.forms import Renderer
from portal.kit.narrowing import Filters
from portal.templatetags.kit import body, drawn, filter_fields

NASTY = '"><b>&\'过渡费'
CHOICES = [("", "全部"), (NASTY, NASTY), (1, "一"), ("组", [(None, "无"), (True, "是"), ("2", NASTY)])]


class Everything(forms.Form):
    one = forms.ChoiceField(choices=CHOICES, label=NASTY,
                            widget=forms.Select(attrs={"data-x": NASTY, "hidden": True, "lang": False}))
    several = forms.MultipleChoiceField(choices=CHOICES, label="b")
    free = forms.NullBooleanField(label="c")
    text = forms.CharField(label="d", max_length=60)
    number = forms.IntegerField(label="e", min_value=3)
    day = forms.DateField(label="f")
    mail = forms.EmailField(label="g")
    secret = forms.CharField(widget=forms.PasswordInput)
    unseen = forms.CharField(widget=forms.HiddenInput)


def squeezed(markup):
    return re.sub(r">\s+<", "><", markup.strip())


SENT = {"one": NASTY, "several": ["1", "2"], "free": "true", "text": NASTY, "number": "7", "day": NASTY, "mail": "a@b",
        "secret": "s", "unseen": NASTY}


@pytest.mark.parametrize("data", [None, SENT, {"one": "nowhere", "several": []}])
@pytest.mark.parametrize("name", list(Everything.base_fields))
def test_a_control_is_the_one_of_django(data, name):
    told = [str(Everything(data, renderer=kind())[name]) for kind in (Renderer, TemplatesSetting)]
    assert squeezed(told[0]) == squeezed(told[1])
    assert "<b>" not in told[0]


def test_filters_say_what_is_wrong_and_escape_what_was_sent():
    shown = filter_fields(Everything({"number": "1", "text": NASTY}, renderer=Renderer()))
    assert "<b>" not in shown and shown.count('class="field bad"') >= 2 and 'id="id_number_error"' in shown


def test_yes_or_no_begins_with_all():
    class Key(Filters):
        key = django_filters.BooleanFilter()

    with translation.override("zh-hans"):
        shown = str(Key({}, Task.objects.none()).form["key"])
    assert '<option value="unknown" selected>全部</option>' in shown and "是</option>" in shown and "未知" not in shown


def test_cells_and_marks_escape_what_somebody_wrote():
    column = SimpleNamespace(label="x")
    told = (("text", NASTY, "", "wide"), ("text", NASTY, '/x/"/', ""), ("date", "2026-11-24 09:00", "", "tight"),
            ("text", "", "", ""))
    row = [{"column": column, "kind": kind, "value": value, "object": None, "url": url, "css": css}
           for kind, value, url, css in told]
    told = body([row], ["a", "b", "c", "d"])
    assert "<b>" not in told and told.count("<td") == 4 and told.count('<span class="text-nowrap">') == 2
    assert 'href="/x/&quot;/"' in told and 'class="wide"' in told
    row[0]["object"] = SimpleNamespace(pk=7)
    ticked = body([row, row], ["a", "b", "c", "d"], "task")
    assert "<b>" not in ticked and ticked.count('name="task" value="7"') == 2 == ticked.count("<tr>")
    mark = drawn(marks.Mark("new", "○", NASTY, NASTY))
    assert "<b>" not in mark and "<time" in mark
    assert drawn(None) == "" and "<time" in drawn(marks.light(date(2026, 11, 30), calendar.today()))


def test_a_state_is_told_in_the_language_of_the_page():
    cell = {"column": None, "kind": "state", "value": None, "object": Task(state="handling"), "url": "", "css": ""}
    told = []
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            told.append(body([[cell]], ["x"]))
            assert str(Task(state="handling").get_state_display()) in told[-1]
    assert told[0] == told[2] != told[1]
    assert body([[{**cell, "object": None}]], ["x"]) == '<tr><td data-label="x"><span></span></td></tr>'
