"""A synthesis made up for tests, as large as meta-ethnographies get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LEVELS = ("High", "High", "Medium", "Low")


def wide_synthesis(folder: Path, studies: int, constructs: int, every: int) -> Path:
    """Write a synthesis of so many studies and translated constructs; one cell in `every` is taken. Return its file."""
    sure = {"basis": "StatedInText", "confidence": "High"}
    taken = [
        (study, construct)
        for construct in range(constructs)
        for study in range(studies)
        if (study * 7 + construct * 3) % every == 0
    ]
    document: dict[str, Any] = {
        "synthesis": [
            {
                "id": "wide",
                "label": "Constructed for tests: a wide synthesis",
                "includes": [f"study/s{number}" for number in range(studies)],
            }
        ],
        "reports": [
            {
                "id": f"report/r{number}",
                "label": f"Constructed for tests: report {number}",
                "cited_year": 1990 + number % 30,
            }
            for number in range(studies)
        ],
        "studies": [
            {
                "id": f"study/s{number}",
                "label": f"Surname and Coauthor et al. ({1990 + number % 30}), study {number}",
                "reported_in": [f"report/r{number}"],
            }
            for number in range(studies)
        ],
        "study_numberings": [
            {
                "id": f"numbering/{number + 1}",
                "label": f"{number + 1}",
                "study": f"study/s{number}",
                "number": number + 1,
            }
            | sure
            for number in range(studies)
        ],
        "organising_categories": [
            {"id": f"category/c{number}", "label": f"Category {number}"} | sure for number in range(5)
        ],
        "second_order_constructs": [
            {
                "id": f"second-order/s{study}-t{construct}",
                "label": f"Construct {construct} of study {study}",
                "study": f"study/s{study}",
                "basis": "ReadFromTable",
                "confidence": LEVELS[(study + construct) % 4],
                "note": "Constructed: the reason why it is doubtful would stand here.",
            }
            for study, construct in taken
        ],
        "translated_constructs": [
            {
                "id": f"translated/t{number}",
                "label": f"Translated construct {number}, worded at about the length that such constructs have in print",
                "table_row": number + 1,
                "category": {"to": f"category/c{number * 5 // constructs}"} | sure,
            }
            | sure
            for number in range(constructs)
        ],
        "reciprocal_translations": [
            {
                "id": f"translation/t{number}",
                "label": f"Translation {number}",
                "yields": f"translated/t{number}",
                "translates": [
                    f"second-order/s{study}-t{construct}" for study, construct in taken if construct == number
                ],
            }
            | sure
            for number in range(constructs)
        ],
    }
    path = folder / "wide.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
