"""Empty forms that a page offers beside its own; another address takes what is written into them."""

from typing import Any

from django import template

from portal.forms.evaluations import Give
from portal.forms.opinions import Fact

register = template.Library()

FORMS = {"fact": Fact, "rating": Give}


@register.simple_tag
def blank(name: str) -> Any:
    """``{% blank "fact" as form %}``."""
    return FORMS[name]()
