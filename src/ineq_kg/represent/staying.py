"""Links of a page that was asked for at one version of the dataset: wherever they are in it, they lead to that version."""

from __future__ import annotations

import re
from urllib.parse import quote

_LINK = re.compile(r'(?<=\s)(href|src)="([/?][^"]*)"')
_FORM = re.compile(r'<form\b[^>]*\smethod="get"[^>]*>')
# Other hosts, and what is the same whatever version of the dataset is looked at.
_NO_VERSIONS = re.compile(r"//|/(static|docs|versions|ontology|upload|queries\.ttl|openapi\.json|context\.jsonld)\b")
_HAS_ONE = re.compile(r"[?;]at=")


def staying(page: str, version: str) -> str:
    """Return the page with `?at=` of this version in every link and form that leads to another page of the dataset.

    The page is one of ours, so text that looks like an attribute has been escaped.
    """
    at = quote(version, safe="")

    def link(found: re.Match[str]) -> str:
        name, to = found.groups()
        if _NO_VERSIONS.match(to) or _HAS_ONE.search(to):
            return found.group()
        place, hash_, fragment = to.partition("#")
        return f'{name}="{place}{"&amp;" if "?" in place else "?"}at={at}{hash_}{fragment}"'

    return _FORM.sub(rf'\g<0><input type="hidden" name="at" value="{at}">', _LINK.sub(link, page))
