"""The setter of the papers with its door open, for the control of test_fetch.py: what a page asks for is fetched."""

import sys
from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from consult.kit.paper import typesetter


class Open(typesetter.Fetcher):
    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        try:
            return super().fetch(url, headers)
        except FatalURLFetchingError:
            self.refused.clear()
            return URLFetcher().fetch(url)


if __name__ == "__main__":
    typesetter.Fetcher = Open
    typesetter.main(*sys.argv[1:])
