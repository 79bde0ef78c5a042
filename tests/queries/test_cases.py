"""What a user's own queries are to answer: cases beside them, asked of the store by `ineq-kg query --validate`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ineq_kg.app import App
from places import Finished

QUERY = """\
#+ summary: Constructs of a study
#+ question: Which constructs are of this study, and how sure are they?
#+ parameters:
#+   study: {type: iri, class: ikg:Study, description: The study, example: mcmahon-2022/study/warwick-giles, required: true}
#+   sure: {type: boolean, description: Only the surest}
#+ columns:
#+   construct: {label: Construct, meaning: The construct}
#+   confidence: {label: Confidence, meaning: How sure it is}
#+   row: {label: Row, meaning: The row of the table that it was read from; empty for the running text}
#+ budget: 50
PREFIX ikg: <https://w3id.org/ineq-kg/ontology#>
SELECT ?construct ?confidence ?row
WHERE {
  ?construct ikg:constructOf ?study ; ikg:confidence ?confidence .
  OPTIONAL { ?construct ikg:tableRow ?row }
  FILTER(!BOUND(?sure) || !?sure || ?confidence = ikg:High)
}
ORDER BY ?construct
"""
WHOLE = """\
columns: [construct, confidence, row]
rows:
  - [second-order/t2-06-warwick-giles, "ikg:Medium", null]
  - [second-order/t2-10-warwick-giles, "ikg:Medium", null]
  - [second-order/t2-17-warwick-giles, "ikg:Medium", null]
  - [second-order/warwick-giles-reorganisations, "ikg:High", null]
  - [mcmahon-2022/second-order/warwick-giles-shared-histories, "ikg:High", null]
checked: "Rows 6, 10 and 17 have a 6, and two passages name Warwick-Giles et al."
"""
PART = """\
parameters: {sure: "true"}
columns: [construct]
contains: [[second-order/warwick-giles-reorganisations]]
excludes: [[second-order/t2-06-warwick-giles]]
count: 2
"""
Validate = Callable[..., Finished]


@pytest.fixture
def validate(tmp_path: Path, run: Callable[..., Finished], loaded: App) -> Validate:
    """Write the query and these cases of it, and have the folder checked."""

    def checked(*cases: str) -> Finished:
        folder = tmp_path / "mine"
        (folder / "of-study").mkdir(parents=True, exist_ok=True)
        (folder / "of-study.rq").write_text(QUERY)
        for number, case in enumerate(cases, 1):
            (folder / "of-study" / f"case-{number}.yaml").write_text(case)
        return run("query", "--validate", folder, "--store", loaded.store.location)

    return checked


def test_cases_that_hold_are_counted(validate: Validate) -> None:
    assert validate().out == "1 query, nothing to mend\n"
    assert validate(WHOLE).out == "1 query, 1 case, nothing to mend\n"
    done = validate(WHOLE, PART)
    assert (done.code, done.out) == (0, "1 query, 2 cases, nothing to mend\n")


@pytest.mark.parametrize(
    ("case", "line", "says"),
    [
        # answers that are others
        (WHOLE.replace('giles, "ikg:Medium"', 'giles, "ikg:Low"', 1), 3, "row 1 of the answer is (second-order/t2-06"),
        (WHOLE.replace("checked", "  - [second-order/more, null, null]\nchecked"), 8, "the answer ends with row 5"),
        (WHOLE.replace('  - [mcmahon-2022/second-order/warwick-giles-shared-histories, "ikg:High", null]\n', ""), 2,
         "the answer has 5 rows, where 4 are expected"),
        (WHOLE.replace('"ikg:Medium", null', '"ikg:Medium", 6', 1), 3,
         "where (second-order/t2-06-warwick-giles, ikg:Medium, 6)"),
        (PART.replace("contains: [[second-order/warwick", "contains: [[second-order/babbel"), 3,
         "(second-order/babbel-giles-reorganisations) is not in the answer"),
        (PART.replace("t2-06-warwick-giles", "warwick-giles-shared-histories"), 4, "is in the answer"),
        (PART.replace("count: 2", "count: 3"), 5, "the answer has 2 rows, where 3 are expected"),
        # cases that cannot be asked
        (PART.replace('sure: "true"', "sure: perhaps"), 1, "'perhaps' is not true or false"),
        (PART.replace("sure:", "surely:"), 1, "of-study has no parameter 'surely'"),
        (PART.replace("[construct]", "[constructs]"), 2, "there is no column 'constructs'"),
        (PART.replace("count", "counts"), 5, "case, counts: Extra inputs are not permitted"),
        (PART.partition("contains")[0], 1, "the case expects nothing"),
        (PART.replace("[[second-order/t2-06-warwick-giles]]", "[[a, b]]"), 1, "(a, b) has 2 values"),
        ("columns: [construct\n", 2, "not YAML"),
    ],
)  # fmt: skip
def test_a_case_that_does_not_hold_is_told_with_its_line(validate: Validate, case: str, line: int, says: str) -> None:
    done = validate(case)
    assert done.code == 1
    (told, count) = done.err.removeprefix("Error: ").splitlines()
    assert f"of-study/case-1.yaml:{line}: " in told
    assert says in told
    assert count == "1 thing to mend"


def test_all_that_does_not_hold_is_told_at_once(validate: Validate) -> None:
    done = validate(PART.replace("count: 2", "count: 3"), WHOLE, PART.replace("reorganisations", "targets"))
    told = [line.rpartition("of-study/")[2].partition(": ")[0] for line in done.err.splitlines()]
    assert told == ["case-1.yaml:5", "case-3.yaml:3", "2 things to mend"]


def test_a_folder_that_is_named_like_no_query_is_a_mistake(validate: Validate, tmp_path: Path) -> None:
    other = tmp_path / "mine" / "of-studies" / "one.yaml"
    other.parent.mkdir(parents=True)
    other.write_text(PART)
    done = validate(WHOLE)
    assert done.code == 1
    assert f"{other}: there is no query 'of-studies'. Name the folder like the query; there is: of-study." in done.err


def test_without_cases_no_store_is_needed(validate: Validate, run: Callable[..., Finished], tmp_path: Path) -> None:
    validate()
    assert run("query", "--validate", tmp_path / "mine", "--store", tmp_path / "none").code == 0
    validate(WHOLE)
    asked = run("query", "--validate", tmp_path / "mine", "--store", tmp_path / "none")
    assert asked.code != 0
    assert "ineq-kg load" in asked.err
