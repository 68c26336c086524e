"""What templates say often: addresses, badges, lights, values in words."""

import re
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from consult.kit import calendar, charts
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


@register.inclusion_tag("parts/badge.html")
def badge(obj: Any) -> dict[str, Any]:
    """``{% badge obj %}``: the state with shape and colour."""
    return {"mark": marks.badge(obj)}


@register.inclusion_tag("parts/light.html")
def light(due: Any) -> dict[str, Any]:
    """``{% light date %}``: how far the deadline is."""
    return {"mark": marks.light(due, calendar.today())}


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
def error_id(field: Any) -> str:
    """The id that aria-describedby points to."""
    return f"{field.auto_id}_error"


@register.filter
def marked(text: Any, words: list[str]) -> Any:
    """The text, escaped, with every occurrence of the words marked."""
    parts = re.split(f"({'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})", str(text), flags=re.I)
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", part) if n % 2 else part,)
                                       for n, part in enumerate(parts))) if words else text
