"""Which inputs belong to one patient or series of films, and must stay on one side of a split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...errors import InputError

SERIES_RULES = ("auto", "file", "folder")


def series_label(path: Path, rule: str) -> str:
    r"""Return a text that inputs of one patient or series share; it may name the patient, so keep it inside.

    Parameters
    ----------
    path
        The input.
    rule
        'auto': the patient of a DICOM file that names one, else the file itself; 'file': the file; 'folder':
        its folder; anything else: a regular expression for the path with forward slashes, whose first group
        (or whole match) is the label.

    Raises
    ------
    InputError
        The rule is no regular expression, or does not match.

    Examples
    --------
    >>> series_label(Path("films/patient7_2019.png"), r"(patient\d+)_")
    'patient7'
    """
    if rule == "folder":
        return str(path.parent.resolve())
    if rule == "file":
        return str(path.resolve())
    if rule == "auto":
        return _patient(path) or str(path.resolve())
    try:
        match = re.search(rule, path.as_posix())
    except re.error as error:
        raise InputError(
            f"Series are told apart by {', '.join(SERIES_RULES)} or a regular expression; "
            f"'{rule}' is none: {error}."
        ) from error
    if match is None:
        raise InputError(f"'{rule}' does not match the path, so its series is not known.")
    return (match.group(1) if match.groups() else match.group(0)) or ""


def _patient(path: Path) -> str | None:
    try:
        import pydicom

        header = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=["PatientID", "IssuerOfPatientID"]
        )
    except Exception:
        return None
    patient = str(header.get("PatientID") or "").strip()
    return f"{header.get('IssuerOfPatientID') or ''}\0{patient}" if patient else None


def series_of_films(labels: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return film -> series, both as hashes of films.

    Parameters
    ----------
    labels
        (film's sha256, label) of every input. Equal films are one, whatever their labels, and join these.

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

    for film, label in labels:
        parent[root(f"label {label}")] = root(f"film {film}")
    smallest: dict[str, str] = {}
    for film, _ in labels:
        here = root(f"film {film}")
        smallest[here] = min(film, smallest.get(here, film))
    return {film: smallest[root(f"film {film}")] for film, _ in labels}
