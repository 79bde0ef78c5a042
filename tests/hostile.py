"""A synthesis whose every text is markup, overrides and words without end: `sound.yaml`, with each text replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SOUND = Path(__file__).parent / "sound.yaml"
OVERRIDE = "\u202e"
SCRIPT = "<script>window.ran = 1</script>"
LONG = "w" * 10_000
_TEXTS = (
    f"{SCRIPT}</title></style></textarea>",
    f"\"'><img src=x onerror='window.ran = 2'><svg/onload=window.ran=3> {{{{ 7 * 7 }}}} {OVERRIDE}dessorc",
    f"[mark](javascript:window.ran=4) ![x](y) `code` # not a heading {OVERRIDE}{LONG}",
    "<a href='javascript:window.ran = 5'>press</a>\u2066\u2028 قراءة مشكوك فيها",
)
_FREE = {
    "label",
    "definition",
    "note",
    "citation",
    "creators",
    "reader",
    "raw_token",
    "quote",
    "differs_in",
    "coherence_explanation",
}
_IRIS = {"licence": "javascript:window.ran=6"}


def hostile_text(number: int) -> str:
    """Return one of the texts; neighbours differ."""
    return f"{number} {_TEXTS[number % len(_TEXTS)]}"


def write_hostile(path: Path) -> None:
    """Write the synthesis, named `hostile`."""
    count = iter(range(1_000_000))

    def changed(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(key, one) for key, one in value.items()}
        if isinstance(value, list):
            return [changed(name, one) for one in value]
        return hostile_text(next(count)) if name in _FREE and isinstance(value, str) else value

    records = changed("", yaml.safe_load(SOUND.read_text(encoding="utf-8").replace("sound", "hostile")))
    records["synthesis"][0] |= {**_IRIS, "curators": [hostile_text(1)]}
    records["sources"][0] |= {
        **_IRIS,
        "citation": hostile_text(2),
        "creators": [hostile_text(3)],
        "doi": hostile_text(4),
    }
    for span in records["spans"]:
        span["end"] = span["start"] + len(span["quote"])
    records["sources"][0]["length"] = max(span["end"] for span in records["spans"])
    path.write_text(yaml.safe_dump(records, allow_unicode=True), encoding="utf-8")
