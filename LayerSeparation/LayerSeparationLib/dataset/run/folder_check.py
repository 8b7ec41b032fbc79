"""Whether a folder may become, or is, the data set that is asked for: told before hours of work are spent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

from ...errors import InputError, OutputError
from ..plan.dataset_paths import DatasetPaths
from ..plan.options import DatasetOptions
from ..plan.plan import Plan

_MOST_DIFFERENCES = 5


@contextmanager
def own_folder(places: DatasetPaths, options: DatasetOptions) -> Iterator[None]:
    """Refuse a folder that is not this data set's; afterwards, leave a complete data set as it is.

    Raises
    ------
    OutputError
        If the folder holds something else, or leads elsewhere.
    """
    with explained(places):
        there = plan_there(places)
        if there is not None and there.options != options:
            raise OutputError(other_plan(places, _differences(there.options, options)))
    try:
        yield
    finally:
        # Layers may have been separated again to see whether it is the same data set.
        if places.done.exists():
            shutil.rmtree(places.work, ignore_errors=True)


def plan_there(places: DatasetPaths) -> Plan | None:
    """Return the plan that a folder holds; None where it is free.

    Raises
    ------
    OutputError
        If the folder holds other files, links, or a data set that can't be gone on with.
    """
    if not places.root.exists():
        return None
    if not places.root.is_dir():
        raise OutputError(f"{places.root} is a file, not a folder: choose another output.")
    _refuse_links(places)
    if not places.plan.exists():
        found = sorted(path.name for path in places.root.iterdir() if path != places.work)
        if found:
            raise OutputError(
                f"{places.root} holds other files ({found[0]}, ...) and no data set: choose an empty folder."
            )
        return None
    try:
        return Plan.from_json(json.loads(places.plan.read_text(encoding="utf-8")))
    except (ValueError, InputError) as error:
        raise OutputError(
            f"{places.root} holds another data set ({error}). "
            "Data sets are never mixed: choose another folder."
        ) from error


def refuse_other_plan(places: DatasetPaths, there: Plan, plan: Plan) -> None:
    """Refuse a folder that holds the data set of another plan.

    Raises
    ------
    OutputError
        With what differs.
    """
    if there.fingerprint == plan.fingerprint:
        return
    differences = _differences(there.options, plan.options)
    if there.joints != plan.joints:
        differences.append(f"its {len(there.joints)} joints are not these {len(plan.joints)}")
    raise OutputError(other_plan(places, differences))


def other_plan(places: DatasetPaths, differences: list[str]) -> str:
    """Return how a folder's data set differs from the one that is asked for, and what to do."""
    return (
        f"{places.root} holds a data set of another plan: {'; '.join(differences[:_MOST_DIFFERENCES])}. "
        "Data sets are never mixed: choose another folder, or give the same command as before."
    )


@contextmanager
def explained(places: DatasetPaths) -> Iterator[None]:
    """Turn the system's errors about a data set's folder into `OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{places.root}: {error.strerror or error}. What is finished is complete."
        ) from error


def _differences(before: DatasetOptions, now: DatasetOptions) -> list[str]:
    asked = now.as_json()
    return [
        f"{key} was {value!r} and is now {asked[key]!r}"
        for key, value in before.as_json().items()
        if value != asked[key]
    ]


def _refuse_links(places: DatasetPaths) -> None:
    inside = places.work.rglob("*") if places.work.is_dir() else ()
    for path in chain(places.root.iterdir(), inside):
        if path.is_symlink():
            raise OutputError(
                f"{path} is a link; remove it: a data set is written to its own folder only "
                "(--cache names another place for layers)."
            )
