"""What templates say often: addresses, badges, lights, values in words."""

import html
import re
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from consult.kit import calendar, charts
from consult.kit.recall import recall
from consult.people.models import User
from portal.kit import addresses, lists, marks
from portal.kit.forms import dress

register = template.Library()


@register.filter
def address(obj: Any) -> str:
    """The address of the object's page, or "". Colleagues are named, not linked: accounts are the administrators'."""
    return "" if isinstance(obj, User) else addresses.of(obj)


@register.simple_tag
def url_or_empty(name: str, *args: Any, **kwargs: Any) -> str:
    return addresses.to(name, *args, **kwargs)


@register.simple_tag(takes_context=True)
def menu(context: Any) -> SafeString:
    """The menu stands in a page twice, beside it and folded for a phone: it is drawn once, and again after a minute."""
    desk = context["desk"]
    return recall(("menu", desk.stands), lambda: context.template.engine.get_template("parts/menu.html").render(context))


class Remembered(template.Node):
    """A part of a page that is drawn once a minute for each language and ``key``: what it shows depends on nothing else."""

    def __init__(self, name: str, key: Any, nodelist: Any) -> None:
        self.name, self.key, self.nodelist = name, key, nodelist

    def render(self, context: Any) -> SafeString:
        return recall(("part", self.name, get_language(), self.key.resolve(context)), lambda: self.nodelist.render(context))


@register.tag
def remember(parser: Any, token: Any) -> Remembered:
    """``{% remember "name" key %}…{% endremember %}``: words and addresses around every page, without what is the reader's."""
    _tag, name, key = token.split_contents()
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return Remembered(name, parser.compile_filter(key), nodelist)


@register.simple_tag
def badge(obj: Any) -> SafeString:
    """``{% badge obj %}``: the state with shape and colour."""
    return drawn(marks.badge(obj))


@register.simple_tag
def light(due: Any) -> SafeString:
    """``{% light date %}``: how far the deadline is."""
    return drawn(marks.light(due, calendar.today()))


@register.filter
def drawn(mark: marks.Mark | None) -> SafeString:
    """A mark as it is shown, with the day it speaks of."""
    if mark is None:
        return SafeString()
    words, note = safe(mark.words), safe(mark.note)
    made = f'<span class="mark {mark.tone}"><span aria-hidden="true">{mark.shape}</span>{words}</span>'
    return mark_safe(f'{made} <time class="muted small text-nowrap" datetime="{note}">{note}</time>' if note else made)  # noqa: S308


@register.simple_tag
def body(rows: list[list[dict[str, Any]]], labels: list[str], pick: str = "") -> SafeString:
    """The rows of a list. A page has hundreds of cells: put together here, not by a template for each.

    ``pick``: the name under which a row is ticked for the form "picks".
    """
    language, today, choose = get_language() or "", calendar.today(), safe(gettext("Choose %(number)s")) if pick else ""
    made = []
    for row in rows:
        made.append("<tr>")
        if pick:
            words = choose % {"number": safe(row[0]["value"])}
            made.append('<td><span><label class="pick"><input class="form-check-input" type="checkbox" form="picks" '
                        f'name="{pick}" value="{row[0]["object"].pk}" aria-label="{words}"></label></span></td>')
        for cell, label in zip(row, labels, strict=True):
            css = f' class="{cell["css"]}"' if cell["css"] else ""
            made.append(f'<td data-label="{label}"{css}><span>{inside(cell, language, today)}</span></td>')
        made.append("</tr>")
    return mark_safe("".join(made))  # noqa: S308 - every part is escaped above


def inside(cell: dict[str, Any], language: str, today: date) -> str:
    """Markup."""
    kind, value = cell["kind"], cell["value"]
    if kind == "state":
        obj = cell["object"]
        return drawn_state(type(obj), getattr(obj, "state", None), language)
    if kind == "due":
        return drawn(marks.light(value, today))
    value = safe(value)
    if kind == "date":
        return "".join(f'<span class="text-nowrap">{part}</span> ' for part in value.split())
    return f'<a href="{safe(cell["url"])}">{value}</a>' if cell["url"] else value


@lru_cache(2000)
def drawn_state(kind: type, state: Any, language: str) -> SafeString:
    """The mark of a state; there are few, and every line has one."""
    return drawn(marks.badge_of(kind, state))


def safe(value: Any) -> str:
    """``conditional_escape`` without what it does for texts that are not spoken yet."""
    return str(value.__html__()) if hasattr(value, "__html__") else html.escape(str(value))


@register.inclusion_tag("parts/steps.html")
def steps(trail: Any) -> dict[str, Any]:
    """``{% steps trail %}``: the loop around an object."""
    return {"trail": trail}


@register.inclusion_tag("parts/chart.html")
def chart(spec: Any) -> dict[str, Any]:
    """``{% chart spec %}``: the drawing, its finding, and its numbers in a table."""
    return {"chart": spec, "drawing": mark_safe(charts.svg(spec))}  # noqa: S308 - drawn here from our own figures, escaped


@register.filter
def shown(value: Any) -> Any:
    """Dates, yes and no, and nothing, as a reader expects them."""
    return lists.shown(value)


@register.filter
def is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


@register.filter
def error_fields(form: Any) -> list[Any]:
    """The bound fields with errors, in the order of the form, for the summary."""
    return [field for field in form if field.errors] if form is not None and form.is_bound else []


@register.filter
def first_id(field: Any) -> str:
    """The id to jump to: of the field, or of its first radio button or tick box."""
    found = field.id_for_label or field.auto_id
    return f"{field.auto_id}_0" if field.use_fieldset else found


@register.filter
def name(obj: Any) -> Any:
    """What to call an object in a list: its title, else its name."""
    return "" if obj is None else getattr(obj, "title", "") or str(obj)


@register.filter
def kind(obj: Any) -> Any:
    """What sort of thing it is."""
    return obj._meta.verbose_name


@register.filter
def control(field: Any) -> Any:
    """The bound field's control in our dress, whatever form it comes from."""
    dress(field.field)
    return field


@register.filter
def filter_fields(form: Any) -> SafeString:
    """The fields of a filter form, none of which must be filled: "parts/field.html" without what that leaves out here."""
    return mark_safe("".join(filter_field(field) for field in form))  # noqa: S308 - the parts are escaped


def filter_field(field: Any) -> SafeString:
    if field.use_fieldset or field.widget_type == "checkbox" or field.help_text:
        return render_to_string("parts/field.html", {"field": field, "quiet": True, "errors": field.errors})
    told = {"errors": field.errors, "error_id": error_id(field)}
    wrong = render_to_string("parts/field_errors.html", told) if field.errors else ""
    return format_html('<div class="field{}"><label for="{}">{}</label>{}{}</div>', " bad" if wrong else "", field.id_for_label,
                       field.label, wrong, field)


@register.filter
def error_id(field: Any) -> str:
    """The id that aria-describedby points to."""
    return f"{field.auto_id}_error"


@register.filter
def marked(text: Any, words: list[str]) -> Any:
    """The text, escaped, with every occurrence of the words marked."""
    parts = re.split(f"({'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})", str(text), flags=re.I)
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", part) if n % 2 else part,)
                                       for n, part in enumerate(parts))) if words else text
