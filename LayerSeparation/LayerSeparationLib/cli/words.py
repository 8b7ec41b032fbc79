"""Words of the command line that argparse would take for something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

# A range that begins below 0 looks like an option: --change -1:1.
_RANGE = re.compile(r"-[\d.][\d.eE+-]*:[\d.eE+:-]+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_OF_NUMBERS = ("--gap", "--change")
"""Options of one or more numbers."""


def mend_words(words: Sequence[str]) -> list[str]:
    """Return the words so that each option has what is meant for it, and nothing else.

    A range goes into one word with its option. Of options that take several numbers, the numbers that follow
    are taken and moved to the end, so that no name of a file after them is taken for one.

    Examples
    --------
    >>> mend_words(["dataset", "films", "--change", "-1:1"])
    ['dataset', 'films', '--change=-1:1']
    >>> mend_words(["synthesize", "--gap", "0.5", "1", "hand.png"])
    ['synthesize', 'hand.png', '--gap', '0.5', '1']
    """
    joined: list[str] = []
    for word in words:
        if _RANGE.fullmatch(word) and joined and joined[-1].startswith("--") and "=" not in joined[-1]:
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    kept: list[str] = []
    moved: list[str] = []
    while joined:
        word = joined.pop(0)
        numbers = list(takewhile(_NUMBER.fullmatch, joined)) if word in _OF_NUMBERS else []
        if numbers and "--" not in kept:
            moved += [word, *numbers]
            del joined[: len(numbers)]
        else:
            kept.append(word)
    return [*kept, *moved]
