"""One line of the triage queue. A page has many: put together here, not by a template for each."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from consult.kit import calendar
from portal.kit import addresses, marks
from portal.kit.lists import compact
from portal.templatetags.kit import drawn, drawn_state, safe


def lines(rows: Iterable[Any], known: dict[int, Any], claims: dict[int, Any], *, reader: Any, here: Any,
          query: str) -> SafeString:
    """``known``: how long each waits; ``claims``: who has it in hand; ``here``: the key of the one that is open."""
    language = get_language() or ""
    made = [_line(row, known[row.pk], claims.get(row.pk), reader, row.pk == here, query, language) for row in rows]
    return mark_safe("".join(made))  # noqa: S308 - every part is escaped


def _line(row: Any, wait: Any, claim: Any, reader: Any, here: bool, query: str, language: str) -> str:
    where = safe(row.project or row.subdistrict or marks.chosen(row, "channel"))
    since = ngettext("%(n)s working day old", "%(n)s working days old", wait.age) % {"n": wait.age} if wait.due \
        else compact(row.submitted_at)[:10]
    due = f" {drawn(marks.light(wait.due, calendar.today()))}" if wait.due else ""
    url = safe(addresses.to("office:case", row.pk) + (f"?{query}" if query else ""))
    chosen, current = (' class="here"', ' aria-current="true"') if here else ("", "")
    choose = gettext("Choose %(number)s") % {"number": safe(row.number)}
    return (f'<li data-row{chosen}>\n<label class="pick"><input class="form-check-input" type="checkbox" name="opinion" '
            f'value="{row.pk}" aria-label="{choose}"></label>\n<div><a data-case href="{url}"{current}>{safe(row.title)}</a>\n'
            f'<p class="small muted mb-1">{safe(row.number)} · {where} · {since}</p>\n'
            f'<p class="mb-0">{drawn_state(type(row), row.state, language)}{due}{_hands(claim, reader)}</p></div></li>')


def _hands(claim: Any, reader: Any) -> str:
    if claim is None:
        return ""
    words = gettext("in your hands") if claim.by_id == reader.pk else gettext("in the hands of %(name)s") % {"name": claim.by}
    return format_html(' <span class="mark wait"><span aria-hidden="true">✎</span>{}</span>', words)
