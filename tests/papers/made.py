"""The samples set on paper, each once in a run."""

from functools import cache

from consult.kit import pdf
from consult.kit.paper import sheet
from tests.papers import samples

SOURCE = b'{"title": "\xe9\xa2\x98\xe7\x9b\xae"}'


@cache
def paper(kind: str) -> pdf.Paper:
    """The sample of a kind as an issue is made: measured, with its source inside."""
    words = samples.SAMPLES[kind]
    return pdf.make(sheet.template_of(kind), sheet.context(kind, words), assets=sheet.assets(words) | samples.assets(kind),
                    sources={"issue.json": SOURCE}, measured=True)
