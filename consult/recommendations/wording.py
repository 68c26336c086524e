"""What a paper to leaders must never carry: a resident's name, telephone or identity number."""

import re
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Panelist
from consult.consultations.states import Group
from consult.kit.sealing import mask

#: A person's name as it is written at a table: two to five characters, or longer with a dot as many minorities write it,
#: and none of the words for a part played. 丁 is also a family name, so 甲乙丙丁 count at the end alone (居民甲).
_NAME = re.compile(r"[\u3400-\u9fff]{2,5}|[\u3400-\u9fff]+(?:[·•.][\u3400-\u9fff]+)+")
_PART = re.compile(r"代表|居民|群众|村民|业主|户|社区|街道|女士|先生|阿姨|大爷|大妈|某|[甲乙丙丁]方?$")


def names_of_residents(consultations: Iterable[int]) -> set[str]:
    """The residents at the tables of these consultations, where they are written down by name."""
    names = Panelist.objects.filter(consultation__in=consultations, group=Group.PUBLIC).values_list("name", flat=True)
    return {name.strip() for name in names if _NAME.fullmatch(name.strip()) and not _PART.search(name)}


def check_words(texts: dict[str, str], *, consultations: Iterable[int]) -> None:
    """Raise ValidationError by field where a text holds a resident's name, number or flat: what masking would hide."""
    names = names_of_residents(consultations)
    wrong = {field: sentence for field, text in texts.items() if (sentence := _fault(text, names))}
    if wrong:
        raise ValidationError(wrong)


def _fault(text: str, names: set[str]) -> object:
    if mask(text) != text:
        return _("This holds a telephone, identity, card or plate number, an e-mail address or the number of a flat. Please take "
                 "it out: nobody who handed in an opinion may be recognised here.")
    found = next((name for name in sorted(names) if name in text), "")
    if found:
        return _("“%(name)s” is a resident at the table. Please write “a resident” instead of the name.") % {"name": found}
    return None


def cover(consultations: Iterable[int], *, numbers: bool = True) -> Callable[[str], str]:
    """What cuts the names of these residents to their first character and stars out numbers: words of others on our papers.

    ``numbers=False`` leaves telephone numbers as they are: where those of an office stand.
    """
    names = sorted(names_of_residents(consultations), key=len, reverse=True)

    def covered(text: str) -> str:
        for name in names:
            text = text.replace(name, f"{name[:1]}**")
        return mask(text) if numbers else text
    return covered
