"""Who supports what in the founding synthesis, transcribed by hand from its text and from `table2-reading.md`.

Rows of Table 2 by number: the studies that are certain, because the running text cites them for the row or because the number
was taken with medium or high confidence, and those taken with low confidence only. Then what only the running text states, by
words of its own. Studies go by the numbers of the table.
"""

from __future__ import annotations

STUDIES = {
    1: "blackman",
    2: "orton",
    3: "mcintyre",
    4: "mead",
    5: "brassolotto",
    6: "warwick-giles",
    7: "pauly",
    8: "exworthy-morcillo",
    9: "babbel",
    10: "mackenzie",
    11: "javanparast",
}
CERTAIN: dict[int | str, set[int]] = {
    1: {3, 4, 5, 11},
    2: {4, 7},
    3: {4, 7},
    4: {1, 2},
    5: {1, 7, 8},
    6: {4, 6, 7},
    7: {5, 9},
    8: {9},
    9: {5, 11},
    10: {1, 6, 8, 11},
    11: {1, 2, 11},
    12: {1, 2, 11},
    13: {11},
    14: {5, 7},
    15: {1, 2},
    16: {1, 6, 11},
    17: {6, 11},
    18: {11},
    19: {6},
    20: {1},
    21: {5, 7},
    22: set(),
    "individual risk factors": {4, 5},
    "reductionist": {3, 7, 10},
    "clear linkages": {5, 9},
    "too big to tackle": {3, 7},
    "no shared language": {2, 7},
    "legitimise norms": {7, 11},
}
DOUBTFUL: dict[int | str, set[int]] = {6: {3, 5}, 10: {2}, 20: {2}, 22: {1}}
# The steps of the argument, and what each synthesises. That the sixth synthesises row 18 is a link of low confidence.
CLAIMS: dict[int, list[int | str]] = {
    1: ["individual risk factors", "reductionist"],
    2: ["clear linkages"],
    3: [1],
    4: [7, 8],
    5: [2, 3, 5],
    6: [4, 10, 12, 13, 15],
    7: [16, 17],
    8: [11, 20, 21, 22],
    9: ["too big to tackle", "no shared language"],
    10: [6, 14, "legitimise norms"],
    11: [9, 19],
}
CLAIMS_WITH_DOUBT = {**CLAIMS, 6: [*CLAIMS[6], 18]}


def claim_support(claim: int, *, doubtful: bool = False) -> set[int]:
    """Return the studies under a claim: the certain ones, or with `doubtful` all."""
    found = set[int]().union(*(CERTAIN[one] for one in CLAIMS[claim]))
    if doubtful:
        for one in CLAIMS_WITH_DOUBT[claim]:
            found |= CERTAIN[one] | DOUBTFUL.get(one, set())
    return found


def slug(number: int) -> str:
    """Return the slug of a study."""
    return f"mcmahon-2022/study/{STUDIES[number]}"
