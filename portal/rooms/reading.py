"""A briefing read on the screen: every number leads to the records behind it, every recommendation to where it was born."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.briefings import rules, sources
from consult.briefings.models import Briefing, Issue
from consult.briefings.states import BriefingState, Part
from consult.consultations.models import Consultation
from consult.kit.paper import blocks, markup
from consult.kit.rules import visibility
from consult.recommendations.models import Recommendation
from consult.topics.models import Topic
from portal.kit import addresses

#: The records a number may point to, and where on their page it is told.
RECORDS: dict[str, tuple[type[Any], str]] = {"topic": (Topic, "#voices"), "consultation": (Consultation, "")}
#: The parts in the office's own words.
TOLD = ("overview", "problems", "dissent")
Words = Mapping[str, Any]


def paper(words: Words, user: Any) -> dict[str, Any]:
    """The words with what the screen adds: lines cut at their numbers, and the list of sources as far as ``user`` sees."""
    behind = words.get("sources", [])
    urls = _addresses(behind, user)

    def lines(part: str) -> list[list[dict[str, Any]]]:
        return [[{"text": text, "source": one, "url": urls.get(_key(one), "") if one else ""}
                 for text, one in sources.pieces(line, behind)] for line in words[part]]

    told = [{**one, "url": urls.get(_key(one), "")} for one in behind if one["value"]]
    bound = [{"title": one["title"], "blocks": blocks.numbered(markup.blocks(one["text"], fitting=False))}
             for one in words.get("annexes", ())]
    return {"paper": words, "bound": bound, "sources": told, **{part: lines(part) for part in TOLD}}


def _key(figure: Mapping[str, Any]) -> tuple[str, int]:
    return figure["records"]["kind"], figure["records"]["pk"]


def _addresses(behind: Iterable[Mapping[str, Any]], user: Any) -> dict[tuple[str, int], str]:
    """The addresses of the records this reader may open, one question for each kind."""
    wanted: dict[str, set[int]] = {kind: set() for kind in RECORDS}
    for one in behind:
        kind, pk = _key(one)
        wanted[kind].add(pk)
    found = {}
    for kind, keys in wanted.items():
        model, anchor = RECORDS[kind]
        for row in visibility(model, user).filter(pk__in=keys):
            found[kind, row.pk] = addresses.of(row) + anchor
    return found


def advice(words: Words, briefing: Briefing, user: Any) -> list[dict[str, Any]]:
    """The recommendations as printed, each with the ways to where it, its consultation and the voices behind it can be read."""
    rows = {item.recommendation.number: item.recommendation
            for item in briefing.items.select_related("recommendation__consultation")}
    keys = [one.pk for one in rows.values()], [one.consultation_id for one in rows.values()]
    own, talks = (set(visibility(model, user).filter(pk__in=found).values_list("pk", flat=True))
                  for model, found in zip((Recommendation, Consultation), keys, strict=True))
    voices = addresses.of(briefing.topic) + "#voices" if visibility(Topic, user).filter(pk=briefing.topic_id).exists() else ""

    def ways(one: Recommendation) -> list[tuple[Any, str]]:
        found = [(_("Recommendation %(number)s") % {"number": one.number}, addresses.of(one) if one.pk in own else ""),
                 (_("Consultation"), addresses.of(one.consultation) if one.consultation_id in talks else ""),
                 (_("Voices behind the topic"), voices)]
        return [(name, url) for name, url in found if url]
    return [{**one, "ways": ways(rows[one["number"]]) if one["number"] in rows else []} for one in words["recommendations"]]


def remarks(briefing: Briefing) -> dict[str, Any]:
    """The comments by the part they are about, and how many are open."""
    rows = list(briefing.comments.select_related("by", "settled_by"))
    parts: dict[str, list[Any]] = {part: [] for part in Part.values}
    for one in rows:
        parts[one.part].append(one)
    return {"comments": parts, "open_comments": [one for one in rows if one.settled_at is None]}


def doubts(words: Words) -> list[dict[str, Any]]:
    return [{**one, "part": Part(one["part"]).label} for one in words.get("doubts", [])]


# --- one issue and its neighbours ---------------------------------------------------------------------------------


def named(issue: Issue) -> str:
    """How papers call an issue: its document number, or 2026年第3期."""
    return issue.symbol or f"{issue.year}年第{issue.issue_no}期"


def corrections(issue: Issue, user: Any) -> dict[str, Any]:
    """The issue this one corrects, those that correct it, and the one before it of its kind; links where they open."""
    seen = rules.issues_visible_to(user)
    later = list(Issue.objects.filter(corrects=issue).exclude(sha256="").exclude(briefing__state=BriefingState.VOIDED)
                 .select_related("briefing").order_by("signed_at"))
    keys = {one.pk for one in later} | ({issue.corrects_id} if issue.corrects_id else set())
    opens = set(seen.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    before = (seen.filter(kind=issue.kind, jurisdiction=issue.jurisdiction_id, total_no__lt=issue.total_no)
              .exclude(briefing__state=BriefingState.VOIDED).order_by("-total_no").values_list("pk", flat=True).first())

    def told(one: Issue) -> dict[str, Any]:
        seen = one.pk in opens
        return {"name": named(one), "url": addresses.of(one.briefing) if seen else "",
                "compare": compare_url(*sorted((one, issue), key=lambda paper: (paper.signed_at, paper.pk))) if seen else ""}
    return {"corrected_by": [told(one) for one in later], "corrects": told(issue.corrects) if issue.corrects else None,
            "previous_url": f"{addresses.to('briefing.compare')}?a={before}&b={issue.pk}" if before else ""}


def compare_url(a: Issue, b: Issue) -> str:
    return f"{addresses.to('briefing.compare')}?a={a.pk}&b={b.pk}"
