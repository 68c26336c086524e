"""What somebody agreed to, in exactly which words, when, and until when: for the office and, apart, for the department."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, parameters
from consult.kit.rules import Sentence
from consult.opinions.models import Consent, Opinion
from consult.opinions.states import CONSENT_VERSION
from consult.opinions.wording import LETTERS_IN

Kind = Consent.Kind

#: What is agreed to, by oneself and as read out to somebody at the table. A changed sentence needs a new CONSENT_VERSION.
WORDS: dict[tuple[str, bool], Sentence] = {
    (Kind.OFFICE, False): _("I agree that the CPPCC office keeps my name and telephone number, sealed, to ask me about this "
                            "matter and to answer me."),
    (Kind.OFFICE, True): _("I read out to them that the CPPCC office keeps name and telephone number, sealed, for this "
                           "matter only, and they agreed."),
    (Kind.DEPARTMENT, False): _("I also agree that the handling department is told my name and telephone number."),
    (Kind.DEPARTMENT, True): _("They also agreed that the handling department is told."),
}
KEPT = _("Erased %(days)s days after the matter is closed, or at once when you withdraw this with your receipt.")


def kept_for(today: date) -> str:
    """How long the contact is kept, as it stands below the consent."""
    return str(KEPT) % {"days": parameters.value("contact_retention", on=today)}


def wording(kind: str, today: date, *, read_out: bool = False) -> str:
    """The whole of what is agreed to, in the language of the page it stands on."""
    said = str(WORDS[kind, read_out])
    return f"{said} {kept_for(today)}" if kind == Kind.OFFICE else said


def fingerprint(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def record(opinion: Opinion, kinds: Iterable[str], at: datetime, wordings: Mapping[str, str] | None = None) -> None:
    """One record for each consent; ``wordings`` are those on the reader's page (default: in the district's language)."""
    with translation.override(LETTERS_IN):
        usual = {kind: wording(kind, calendar.local_date(at), read_out=opinion.entered_by_id is not None) for kind in Kind}
    for kind in kinds:
        words = (wordings or {}).get(kind) or usual[Kind(kind)]
        Consent.objects.create(opinion=opinion, kind=kind, version=CONSENT_VERSION, wording=words,
                               sha256=fingerprint(words), given_at=at)


def withdraw(opinion: Opinion, kinds: Iterable[str], at: datetime) -> None:
    """No longer agreed to; the record of what held until then stays."""
    Consent.objects.filter(opinion=opinion, kind__in=kinds, withdrawn_at=None).update(withdrawn_at=at)


def of(opinion: Opinion) -> QuerySet[Consent]:
    """All that was ever agreed to, oldest first."""
    return opinion.consents.all()
