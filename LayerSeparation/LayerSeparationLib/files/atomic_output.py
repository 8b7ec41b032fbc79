"""Outputs that are complete or not there at all.

A result is written into a hidden temporary place beside its final one and renamed when it is complete.
Whatever goes wrong in between (an exception, a full disk, Ctrl-C), the temporary place is removed and the
final one is as it was before.
"""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path

from ..errors import OutputError, OutputExistsError

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}


@contextmanager
def output_folder(path: str | Path, *, overwrite: bool = False, beside: str = "") -> Iterator[Path]:
    """Give a temporary folder to write into; it becomes `path` when the block ends without an exception.

    Parameters
    ----------
    path
        The final folder. Missing parents are made. An empty folder there counts as free.
    overwrite
        Replace an existing folder. The new one is complete before the old one is touched. Entries of the old
        folder that the new one does not hold are carried over: nothing is deleted that was not written anew.
    beside
        Pattern (as in `fnmatch`) of entries that may already stand in the folder without `overwrite`, because
        another command writes them there (`gap_*` in a joint's folder). They are carried over.

    Raises
    ------
    OutputExistsError
        The folder exists and `overwrite` is false.
    OutputError
        It can't be written, or the disk is full.

    Examples
    --------
    >>> with output_folder("results") as folder:
    ...     (folder / "a.txt").touch()
    ...     Path("results").exists()
    False
    >>> [path.name for path in Path("results").iterdir()]
    ['a.txt']
    """
    target = _final_place(path)
    _refuse_existing(target, overwrite, beside, folder=True)
    with _make_parents(target), explain_output_errors(target):
        temporary = target.parent / f".{secrets.token_hex(6)}.partial"
        try:
            temporary.mkdir()
            yield temporary
            _refuse_existing(target, overwrite, beside, folder=True)
            _put_folder_in_place(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


@contextmanager
def output_file(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary file name to write to; it becomes `path` when the block ends without an exception.

    The temporary name has the suffixes of the final one, for writers that choose the format by the suffix.

    Raises
    ------
    OutputExistsError
        The file exists and `overwrite` is false.
    OutputError
        It can't be written, or the disk is full.

    Examples
    --------
    >>> with output_file("table.csv") as path:
    ...     _ = path.write_text("name,width")
    ...     Path("table.csv").exists()
    False
    >>> Path("table.csv").read_text()
    'name,width'
    """
    target = _final_place(path)
    _refuse_existing(target, overwrite, beside="", folder=False)
    with _make_parents(target), explain_output_errors(target):
        temporary = target.parent / f".{secrets.token_hex(6)}.partial{''.join(target.suffixes[-2:])}"
        try:
            yield temporary
            _refuse_existing(target, overwrite, beside="", folder=False)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def refuse_existing_file(path: str | Path, *, overwrite: bool = False) -> None:
    """Refuse a file that may not be written over, before the work for it begins.

    Raises
    ------
    OutputExistsError
        The file exists and `overwrite` is false.
    OutputError
        A folder is there.

    Examples
    --------
    >>> Path("table.csv").touch()
    >>> refuse_existing_file("table.csv", overwrite=True)
    >>> refuse_existing_file("table.csv")
    Traceback (most recent call last):
        ...
    LayerSeparationLib.errors.OutputExistsError: ...table.csv exists and is left as it is...
    """
    _refuse_existing(_final_place(path), overwrite, beside="", folder=False)


def _final_place(path: str | Path) -> Path:
    """Return the absolute path with links followed: a link stays, what it points to is replaced."""
    place = Path(path)
    if not place.name and place != Path():
        raise OutputError(f"{place} can't be an output: it is a root folder. Name a folder or file in it.")
    try:
        return place.resolve()
    except (OSError, RuntimeError) as error:
        raise OutputError(f"{place} can't be an output: {error}. Choose another place.") from error


def _refuse_existing(target: Path, overwrite: bool, beside: str, *, folder: bool) -> None:
    try:
        if not target.exists():
            return
        if folder != target.is_dir():
            wanted, found = ("folder", "file") if folder else ("file", "folder")
            raise OutputError(f"{target} should become a {wanted} but is a {found}. Choose another output.")
        if overwrite:
            return
        taken = not folder or any(not fnmatch(entry.name, beside) for entry in target.iterdir())
    except OSError as error:
        raise _explanation(target, error) from error
    if taken:
        raise OutputExistsError(
            f"{target} exists and is left as it is. Choose another output, or allow it to be replaced."
        )


@contextmanager
def _make_parents(target: Path) -> Iterator[None]:
    """Make the missing parents of `target`, and remove those again if the block fails and left them empty."""
    missing = [parent for parent in target.parents if not parent.exists()]
    try:
        with explain_output_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for parent in missing:
            with suppress(OSError):
                parent.rmdir()
        raise


def _put_folder_in_place(temporary: Path, target: Path) -> None:
    """Rename a complete folder to its final name; what only the old one held moves over first."""
    old = target.parent / f"{temporary.name}.old"
    replaces = target.exists()
    if replaces:
        target.rename(old)
    try:
        temporary.rename(target)
    except BaseException:
        if replaces and not target.exists():
            old.rename(target)
        raise
    if replaces:
        for entry in list(old.iterdir()):
            if not (target / entry.name).exists():
                entry.rename(target / entry.name)
        shutil.rmtree(old)


@contextmanager
def explain_output_errors(target: Path) -> Iterator[None]:
    """Turn the system's errors about an output into `OutputError`; let errors about inputs pass.

    Parameters
    ----------
    target
        Absolute path of the output; what is written lies there or beside it.

    Raises
    ------
    OutputError
        In place of an `OSError` that concerns the folder of ``target``, or of a full disk.

    Examples
    --------
    >>> target = Path("missing/table.csv").resolve()
    >>> with explain_output_errors(target):
    ...     target.touch()
    Traceback (most recent call last):
        ...
    LayerSeparationLib.errors.OutputError: ...table.csv was not written: ...
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL or _concerns(error, target.parent):
            raise _explanation(target, error) from error
        raise


def _concerns(error: OSError, folder: Path) -> bool:
    names = [Path(name) for name in (error.filename, error.filename2) if isinstance(name, str)]
    return any(name == folder or folder in name.parents or name in folder.parents for name in names)


def _explanation(target: Path, error: OSError) -> OutputError:
    if error.errno in _DISK_FULL:
        reason = "the disk is full (or a quota is reached). Free some space or choose another output"
    elif error.errno in _READ_ONLY:
        reason = "no permission to write there. Choose another output or ask for the right to write"
    elif error.errno in _NO_FOLDER:
        reason = "part of the path is a file, not a folder. Choose another output"
    else:
        reason = f"{error.strerror or error}. Choose another output"
    return OutputError(f"{target} was not written: {reason}. Nothing is left half-written.")
