"""Whether the headers of two visits' films say that they can't be visits of one hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

from ..errors import VisitMismatchError
from ..radiograph import Origin
from ..radiograph.film_subject import FilmSubject, read_subject


def check_visits(visits: Iterable[tuple[Sequence[Path], Sequence[Path]]]) -> None:
    """Refuse films of other patients or sides, and a follow-up that is older than its baseline.

    Parameters
    ----------
    visits
        Files of baseline and follow-up, for each patient. Only DICOM films say anything, and only what both
        visits say counts.

    Raises
    ------
    VisitMismatchError
        Naming which attributes differ, and nothing of what they hold.

    Examples
    --------
    >>> check_visits([((), ())])
    """
    found: dict[str, None] = {}
    for films in visits:
        before, after = ([subject for path in paths if (subject := read_subject(path))] for paths in films)
        found.update(dict.fromkeys(find_mismatches(before, after)))
    if found:
        raise VisitMismatchError(
            f"Baseline and follow-up don't belong together, their headers say: {'; '.join(found)}."
        )


def check_origins(baseline: Origin, follow_up: Origin) -> None:
    """Refuse two films by where they came from; see `check_visits`."""
    before, after = ([origin.path] if origin.path else [] for origin in (baseline, follow_up))
    check_visits([(before, after)])


def find_mismatches(baseline: Sequence[FilmSubject], follow_up: Sequence[FilmSubject]) -> list[str]:
    """Return why two visits can't be of one patient's hands, in words that hold nothing of the headers.

    Patient IDs of two issuers can't be compared. A visit may have films of both hands.

    Examples
    --------
    >>> find_mismatches([FilmSubject(patient_id="1", side="L")], [FilmSubject(patient_id="2", side="R")])
    ['another patient ((0010,0020) Patient ID)', 'the other hand ((0020,0062) Image Laterality)']
    """
    pairs = list(product(baseline, follow_up))
    differing = dict.fromkeys(name for pair in pairs for name in _differing(*pair))
    found = [f"another patient ({', '.join(differing)})"] if differing else []
    before, after = ({film.side for film in films} for films in (baseline, follow_up))
    if "" not in before | after and pairs and before.isdisjoint(after):
        found.append("the other hand ((0020,0062) Image Laterality)")
    days = max(
        ((one.taken - other.taken).days for one, other in pairs if one.taken and other.taken), default=0
    )
    if days > 0:
        found.append(f"the follow-up was taken {days} day{'s' * (days != 1)} before the baseline")
    return found


def _differing(baseline: FilmSubject, follow_up: FilmSubject) -> list[str]:
    """Return the attributes by which two films are of two patients."""
    is_one_issuer = "" in (baseline.issuer, follow_up.issuer) or baseline.issuer == follow_up.issuer
    return [
        name
        for name, before, after, counts in (
            ("(0010,0020) Patient ID", baseline.patient_id, follow_up.patient_id, is_one_issuer),
            ("(0010,0030) Patient's Birth Date", baseline.birth_date, follow_up.birth_date, True),
            ("(0010,0040) Patient's Sex", baseline.sex, follow_up.sex, True),
        )
        if counts and before and after and before != after
    ]
