"""Every number of a briefing and the records behind it: counted when the words are read, looked for in the text.

A figure is ``{key, label, value, unit, records: {kind, pk}}``: ``kind`` is the name of a model with a page of its own.
The text may give another value than the records do; that is a doubt, told to whoever reviews and signs.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from consult.briefings.states import Part
from consult.consultations.models import Consultation
from consult.consultations.states import Group, Presence, Verdict
from consult.kit.calendar import in_words, local_date
from consult.topics.models import Topic, TopicOpinion

#: Who came, as a paper names the five groups.
SEATS = {
    Group.MEMBERS: "政协委员", Group.SUBDISTRICT: "街道干部", Group.DEPARTMENTS: "部门负责人", Group.EXPERTS: "专家",
    Group.PUBLIC: "群众代表"
}


class Figure(NamedTuple):
    """A kind of number: how papers call it (a pattern), what it is counted in, and its words on the list of sources."""

    label: str
    names: str
    units: str

    @property
    def unit(self) -> str:
        return self.units[0]


FIGURES = {
    "opinions": Figure("群众意见", "(?:群众|居民)(?:意见|反映)", "条件"),
    "sessions": Figure("协商会", "(?:协商|商量)会?", "次场"),
    "visits": Figure("会前走访", "走访|入户", "次"),
    "questions": Figure("会上提问", "提问|问题", "个"),
    "on_the_spot": Figure("当场答复", "当场答复", "个条"),
    "taken_back": Figure("带回答复", "带回答复", "个条"),
    "demands": Figure("诉求", "诉求", "项条"),
    "adopted": Figure("采纳诉求", "(?<![分未不])采纳", "项条"),
    "partly": Figure("部分采纳诉求", "部分采纳", "项条"),
    "not_adopted": Figure("未采纳诉求", "[未不]采纳", "项条"),
    "advice": Figure("意见建议", "意见建议|协商建议|提出建议", "条项"),
    **{group.value: Figure(name, name, "名位人") for group, name in SEATS.items()}
}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"(?<![\d.第约近余逾超一二两三四五六七八九十百千])(\d{1,6}|[零〇一二两三四五六七八九十百千]{1,7})"
_BETWEEN = r"[\s共计为有达了]{0,4}"


class Claim(NamedTuple):
    """A number in a text that is called like a figure: where it stands, what it says."""

    start: int
    end: int
    value: int
    key: str


# --- what the records say -----------------------------------------------------------------------------------------


def figures(topic: Topic, sessions: Sequence[Consultation], advice: int) -> list[dict[str, Any]]:
    """The figures of a briefing on ``topic`` with so many recommendations from these sessions.

    With several sessions each is counted by itself as well, and the sum points to the topic.
    """
    voices = TopicOpinion.objects.filter(topic=topic).count()
    behind = _record(sessions[0]) if len(sessions) == 1 else _record(topic)
    found = [_figure("opinions", voices, _record(topic)), _figure("sessions", len(sessions), behind)]
    counts = [_counted(one) for one in sessions]
    for key in counts[0] if counts else ():
        found.append(_figure(key, sum(one[key] for one in counts), behind))
    if len(sessions) > 1:
        for session, counted in zip(sessions, counts, strict=True):
            day = in_words(local_date(session.started_at or session.starts_at))
            found += [_figure(key, value, _record(session), day) for key, value in counted.items()]
    return [*found, _figure("advice", advice, behind)]


def _counted(session: Consultation) -> dict[str, int]:
    asked = list(session.statements.values_list("on_the_spot", flat=True))
    verdicts = list(session.demands.values_list("verdict", flat=True))
    groups = who_came(session)
    return {
        "visits": session.visits, "questions": len(asked), "on_the_spot": asked.count(True), "taken_back": asked.count(False),
        "demands": len(verdicts), **{one.value: verdicts.count(one) for one in Verdict if one != Verdict.OPEN},
        **{group.value: groups.count(group) for group in SEATS}
    }


def who_came(session: Consultation) -> list[str]:
    """The group of everybody at the table, without those on leave or absent."""
    return list(session.panel.exclude(attendance__presence__in=(Presence.ABSENT, Presence.LEAVE)).values_list("group", flat=True))


def _record(obj: Any) -> dict[str, Any]:
    return {"kind": obj._meta.model_name, "pk": obj.pk}


def _figure(key: str, value: int, records: dict[str, Any], day: str = "") -> dict[str, Any]:
    label = FIGURES[key].label + (f"（{day}）" if day else "")
    return {"key": key, "label": label, "value": value, "unit": FIGURES[key].unit, "records": records}


# --- what the text says -------------------------------------------------------------------------------------------


def claims(text: str) -> list[Claim]:
    """The numbers of a text that are called like a figure, in order: 群众意见35条, 35条群众意见, 两名专家."""
    found: list[Claim] = []
    for key, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            said = match[1] or match[2]
            span = match.span(1) if match[1] else match.span(2)
            found.append(Claim(*span, number(said), key))
    found.sort(key=lambda one: (one.start, one.end))
    return [one for n, one in enumerate(found) if not n or one.start >= found[n - 1].end]


def _pattern(figure: Figure) -> re.Pattern[str]:
    unit = f"\\s*[{figure.units}](?!多|以)"
    return re.compile(f"(?:{figure.names}){_BETWEEN}{_NUMBER}{unit}|{_NUMBER}{unit}的?(?:{figure.names})")


_PATTERNS = {key: _pattern(figure) for key, figure in FIGURES.items()}


def number(said: str) -> int:
    """35 from "35" or "三十五"."""
    if said.isdecimal():
        return int(said)
    total = digit = 0
    for sign in said:
        if sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = digit * 10 + _DIGITS[sign] if sign in "零〇" and digit else _DIGITS[sign]
    return total + digit


def doubts(words: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where a snapshot's own text gives another value than the records: ``[{part, label, said, value, unit, text}]``."""
    known: dict[str, list[int]] = {}
    for one in words.get("sources", ()):
        known.setdefault(one["key"], []).append(one["value"])
    return [{"part": part, "label": FIGURES[one.key].label, "said": one.value, "value": known[one.key][0],
             "unit": FIGURES[one.key].unit, "text": line[max(one.start - 12, 0):one.end + 6]}
            for part, line in _lines(words) for one in claims(line) if one.key in known and one.value not in known[one.key]]


def _lines(words: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The office's own words; those of a recommendation were confirmed in another room."""
    for part in (Part.OVERVIEW, Part.PROBLEMS, Part.DISSENT):
        yield from ((part.value, line) for line in words[part.value])
    for annex in words.get("annexes", ()):
        yield from ((Part.ANNEXES.value, line) for line in annex["text"].splitlines())


def pieces(text: str, sources: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any] | None]]:
    """The text cut at its numbers: each piece with the figure it states truly, or None."""
    cut: list[tuple[str, Mapping[str, Any] | None]] = []
    last = 0
    for claim in claims(text):
        behind = next((one for one in sources if one["key"] == claim.key and one["value"] == claim.value), None)
        if behind:
            cut += [(text[last:claim.start], None), (text[claim.start:claim.end], behind)]
            last = claim.end
    return [(words, behind) for words, behind in [*cut, (text[last:], None)] if words]
