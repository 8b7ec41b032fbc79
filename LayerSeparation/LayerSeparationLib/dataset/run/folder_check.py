"""Whether a folder may become, or is, the data set that is asked for: told before hours of work are spent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain

from ...errors import InputError, OutputError
from ...export import require_packages
from ..plan.dataset_paths import DatasetPaths
from ..plan.options import DatasetOptions
from ..plan.plan import Plan
from ..plan.plan_file import parse_plan
from .folder_lock import lock_folder

_MOST_DIFFERENCES = 5


@contextmanager
def check_folder(paths: DatasetPaths, options: DatasetOptions) -> Iterator[None]:
    """Refuse a folder that is not this data set's, or in which somebody works; hold it while the block lasts.

    A complete data set is left as it is.

    Parameters
    ----------
    paths
        Of the data set's folder.
    options
        What is asked for.

    Raises
    ------
    OutputError
        If the folder holds something else, leads elsewhere, can't be written, or somebody works there.
    DependencyError
        If a format needs a package that is missing.

    Examples
    --------
    >>> Path("thesis").mkdir()
    >>> _ = Path("thesis/chapter.txt").write_text("mine")
    >>> with check_folder(DatasetPaths(Path("thesis")), DatasetOptions(per_joint=5, jsw=(0, 2))):
    ...     print("begins")
    Traceback (most recent call last):
    ...
    LayerSeparationLib.errors.OutputError: thesis holds other files (chapter.txt, ...) and no data set: ...
    """
    require_packages(options.formats)
    with explain_errors(paths):
        there = find_plan(paths)
        if there is not None and there.options != options:
            raise OutputError(describe_other_plan(paths, _differences(there.options, options)))
    try:
        with nullcontext() if paths.is_complete else lock_folder(paths):
            yield
    finally:
        # Layers may have been separated again to see whether it is the same data set.
        if paths.is_complete:
            shutil.rmtree(paths.work, ignore_errors=True)


def find_plan(paths: DatasetPaths) -> Plan | None:
    """Return the plan that a folder holds; None where it is free.

    Raises
    ------
    OutputError
        If the folder holds other files, links, or a data set that can't be gone on with.
    """
    if not paths.root.exists():
        return None
    if not paths.root.is_dir():
        raise OutputError(f"{paths.root} is a file, not a folder: choose another output.")
    _refuse_links(paths)
    if not paths.plan.exists():
        found = sorted(path.name for path in paths.root.iterdir() if path != paths.work)
        if found:
            raise OutputError(
                f"{paths.root} holds other files ({found[0]}, ...) and no data set: choose an empty folder."
            )
        return None
    try:
        return parse_plan(paths.plan.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, InputError) as error:
        raise OutputError(
            f"{paths.root} holds another data set ({error}). "
            "Data sets are never mixed: choose another folder."
        ) from error


def refuse_other_plan(paths: DatasetPaths, there: Plan, plan: Plan) -> None:
    """Refuse a folder that holds the data set of another plan.

    Parameters
    ----------
    paths
        Of the folder.
    there
        The plan that it holds.
    plan
        The plan that is asked for.

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
    raise OutputError(describe_other_plan(paths, differences))


def describe_other_plan(paths: DatasetPaths, differences: list[str]) -> str:
    """Return how a folder's data set differs from the one that is asked for, and what to do."""
    return (
        f"{paths.root} holds a data set of another plan: {'; '.join(differences[:_MOST_DIFFERENCES])}. "
        "Data sets are never mixed: choose another folder, or give the same command as before."
    )


@contextmanager
def explain_errors(paths: DatasetPaths) -> Iterator[None]:
    """Turn the system's errors about a data set's folder into `OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{paths.root}: {error.strerror or error}. What is finished is complete."
        ) from error


def _differences(before: DatasetOptions, now: DatasetOptions) -> list[str]:
    asked = now.as_json()
    return [
        f"{key} was {value!r} and is now {asked[key]!r}"
        for key, value in before.as_json().items()
        if value != asked[key]
    ]


def _refuse_links(paths: DatasetPaths) -> None:
    inside = paths.work.rglob("*") if paths.work.is_dir() else ()
    for path in chain(paths.root.iterdir(), inside):
        if path.is_symlink():
            raise OutputError(
                f"{path} is a link: remove it. A data set is written to its own folder only; layers can be "
                "cached in another one."
            )
