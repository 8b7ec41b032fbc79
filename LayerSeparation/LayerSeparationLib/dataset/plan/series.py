"""Which inputs belong to one patient or series of films, and must stay on one side of a split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ...errors import InputError
from ...radiograph.film_subject import read_subject

SERIES_RULES = ("auto", "file", "folder")
SeriesSource: TypeAlias = Literal["patient", "study", "folder", "file", "expression"]
"""What told the series of an input: Patient ID (and its issuer), Study Instance UID, its folder, nothing but
the file, or a regular expression for its path."""
SERIES_SOURCES: tuple[SeriesSource, ...] = get_args(SeriesSource)


@dataclass(frozen=True)
class SeriesLabel:
    """What tells the patient or series of an input.

    Examples
    --------
    >>> SeriesLabel(("patient 7", "study 1.2.3"), "patient")
    SeriesLabel(known_by='patient')
    """

    texts: tuple[str, ...] = field(repr=False)
    """Inputs that share one are of one series. They may name the patient, so keep them inside."""
    known_by: SeriesSource
    """What the strongest of them is."""


def label_series(paths: Iterable[Path], rule: str = "auto") -> dict[Path, SeriesLabel]:
    r"""Return what tells the series of each input.

    Parameters
    ----------
    paths
        The inputs.
    rule
        'auto': the patient of a DICOM file by Patient ID and its issuer, and its study, so that films of one
        study stay together too; of all other files the folder, where these files lie in several folders, else
        the file itself. 'file': the file; 'folder': its folder; anything else: a regular expression for the
        path with forward slashes, whose first group (or whole match) is the label; what it does not match is
        left out.

    Raises
    ------
    InputError
        The rule is no regular expression.

    Examples
    --------
    >>> label = label_series([Path("films/patient7_2019.png")], r"(patient\d+)_")
    >>> [(one.texts, one.known_by) for one in label.values()]
    [(('patient7',), 'expression')]
    """
    inputs = list(dict.fromkeys(paths))
    if rule == "file":
        return {path: _label_file(path) for path in inputs}
    if rule == "folder":
        return {path: _label_folder(path) for path in inputs}
    if rule != "auto":
        return _label_by_expression(inputs, rule)
    found = {path: label for path in inputs if (label := _label_by_header(path)) is not None}
    others = [path for path in inputs if path not in found]
    in_folders = len({path.resolve().parent for path in others}) > 1
    found.update({path: _label_folder(path) if in_folders else _label_file(path) for path in others})
    return found


def _label_file(path: Path) -> SeriesLabel:
    return SeriesLabel((f"file {path.resolve()}",), "file")


def _label_folder(path: Path) -> SeriesLabel:
    return SeriesLabel((f"folder {path.resolve().parent}",), "folder")


def _label_by_header(path: Path) -> SeriesLabel | None:
    subject = read_subject(path)
    if subject is None:
        return None
    texts = []
    if subject.patient_id:
        texts.append(f"patient {subject.issuer}\0{subject.patient_id}")
    if subject.study_uid:
        texts.append(f"study {subject.study_uid}")
    return SeriesLabel(tuple(texts), "patient" if subject.patient_id else "study") if texts else None


def _label_by_expression(paths: Sequence[Path], rule: str) -> dict[Path, SeriesLabel]:
    try:
        expression = re.compile(rule)
    except re.error as error:
        raise InputError(
            f"Series are told apart by {', '.join(SERIES_RULES)} or a regular expression; "
            f"'{rule}' is none: {error}."
        ) from error
    found = {}
    for path in paths:
        match = expression.search(path.as_posix())
        if match is not None:
            text = (match.group(1) if match.groups() else match.group(0)) or ""
            found[path] = SeriesLabel((text,), "expression")
    return found


def series_of_films(labels: Sequence[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Return film -> series, both as hashes of films.

    Parameters
    ----------
    labels
        (film's sha256, what tells its series) of every input. Films that share a text are of one series;
        equal films are one, whatever their labels, and join these.

    Returns
    -------
    dict
        Film -> the smallest hash among the films of its series: it tells series apart and names nobody.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node] = parent[parent[node]]
        return node

    for film, texts in labels:
        for text in texts:
            parent[root(f"label {text}")] = root(f"film {film}")
    smallest: dict[str, str] = {}
    for film, _ in labels:
        here = root(f"film {film}")
        smallest[here] = min(film, smallest.get(here, film))
    return {film: smallest[root(f"film {film}")] for film, _ in labels}
