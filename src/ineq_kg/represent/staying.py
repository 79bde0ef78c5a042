"""Pages that stay on the version of the dataset that was asked for: so do their links and forms.

Done to the page as it is written, so that no template can forget it. What is of no version is left: files, addresses of
other hosts, places within the page, and what changes something.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode

# Our own templates write attributes in double quotes, and autoescaping leaves none in a value.
_LINK = re.compile(r'(<a\b[^>]*?\shref=")(/(?!/)[^"#]*|\?[^"#]*)([^"]*")')
_FORM = re.compile(r'<form\b(?=[^>]*\smethod="get")(?![^>]*\saction="/sparql")[^>]*>')
_OF_NO_VERSION = re.compile(r"/(?:static|upload|versions|ontology|docs|redoc|openapi\.json|sparql\?|queries\.ttl)")
_SAYS = re.compile(r"[?;&]at=")


def staying(page: str, version: str) -> str:
    """Return a page of ours whose links and forms ask for this version."""
    asked = escape(urlencode({"at": version}))
    field = f'<input type="hidden" name="at" value="{escape(version)}">'

    def link(found: re.Match[str]) -> str:
        before, address, rest = found.groups()
        if _OF_NO_VERSION.match(address) or _SAYS.search(address):
            return found.group()
        return f"{before}{address}{'&amp;' if '?' in address else '?'}{asked}{rest}"

    def form(found: re.Match[str]) -> str:
        inside = page[found.end() : page.find("</form>", found.end())]
        return found.group() if 'name="at"' in inside else found.group() + field

    return _LINK.sub(link, _FORM.sub(form, page))
