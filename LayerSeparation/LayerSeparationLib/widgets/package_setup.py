"""Python packages where they are missing: one question, then Slicer installs them.

What is part of Slicer, or was installed before, is used as it is.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import DependencyError
from ..translation import tr as _
from .states import PackageState

if TYPE_CHECKING:
    from packaging.requirements import Requirement

Ask = Callable[[str], bool]
"""Puts a question to the user; True for yes."""
Say = Callable[[str], None]
"""Tells the user what is going on."""

READING_DICOM = ("pydicom>=3.0",)
WRITING_DICOM = ("pydicom>=3.0", "highdicom>=0.25")
"""Requirements as pip writes them. Slicer 5.12 brings both packages."""
DRAWING = ("matplotlib>=3.8",)
"""Of pictures with text; Slicer does not bring it."""

_OF_FORMATS = {"dicom": WRITING_DICOM}
_REQUESTER = "Layer Separation"


def requirements_of(formats: Iterable[str]) -> tuple[str, ...]:
    """Return what the export in these formats needs beyond what Slicer always has."""
    return tuple(dict.fromkeys(one for name in formats for one in _OF_FORMATS.get(name, ())))


def find_package(name: str) -> PackageState:
    """Tell whether a package is there, by the name that is imported, without loading it."""
    module = sys.modules.get(name)
    if getattr(getattr(module, "__spec__", None), "_initializing", False):
        return PackageState.INSTALLED  # another thread is loading it right now
    if module is not None:
        return PackageState.READY
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return PackageState.BROKEN
    if found is None:
        return PackageState.MISSING
    # A folder without __init__.py is what an interrupted installation leaves behind.
    return PackageState.BROKEN if found.origin is None else PackageState.INSTALLED


def ensure_packages(requirements: Sequence[str], ask: Ask, say: Say) -> bool:
    """Install what is missing of some packages, after one question for all; return whether all are there.

    Parameters
    ----------
    requirements
        As pip writes them; the packages are imported by the same names.
    ask
        Asked once where something is missing; False leaves everything as it is.
    say
        Told what is going on, before the step that takes long.

    Raises
    ------
    DependencyError
        If they could not be installed, or Slicer has to start anew before they can be used; the message says
        what to do.
    """
    missing = _missing(requirements)
    if not missing:
        return True
    names = ", ".join(str(one) for one in missing)
    question = _(
        "This needs Python packages that are not installed yet: {names}. Install them now? "
        "Everything else works without them."
    )
    if not ask(question.format(names=names)):
        return False
    say(_("Installing {names}...").format(names=names))
    loaded = [one.name for one in missing if one.name in sys.modules]
    advice = _("Check the network, restart Slicer and try again.")
    with explain_failed_installation(names, advice):
        _install(missing)
    importlib.invalidate_caches()
    if _missing(requirements):
        raise DependencyError(
            _("{names} could not be installed. {advice}").format(names=names, advice=advice)
        )
    if loaded:
        raise DependencyError(
            _("{names} are installed, but older ones are in use: restart Slicer, then do this again.").format(
                names=names
            )
        )
    return True


@contextmanager
def explain_failed_installation(name: str, advice: str) -> Iterator[None]:
    """Turn whatever goes wrong while something is installed into one error that says what to do.

    Raises
    ------
    DependencyError
        Pip, the network and other extensions fail in many ways; this is all of them.
    """
    try:
        yield
    except Exception as error:
        raise DependencyError(
            _("{name} could not be installed ({error}). {advice}").format(
                name=name, error=error, advice=advice
            )
        ) from error


def _missing(requirements: Sequence[str]) -> list[Requirement]:
    """Return the requirements that no installed package satisfies."""
    from packaging.requirements import Requirement

    return [one for one in map(Requirement, requirements) if not _is_satisfied(one)]


def _is_satisfied(requirement: Requirement) -> bool:
    if find_package(requirement.name) in (PackageState.MISSING, PackageState.BROKEN):
        return False
    try:
        return importlib.metadata.version(requirement.name) in requirement.specifier
    except importlib.metadata.PackageNotFoundError:
        return False


def _install(requirements: Sequence[Requirement]) -> None:
    try:
        from slicer.packaging import pip_ensure
    except ImportError:  # before Slicer 5.12
        import slicer

        slicer.util.pip_install([str(one) for one in requirements])
    else:
        # The question was put already, and the message about a restart is the same for every Slicer.
        pip_ensure(list(requirements), prompt_install=False, prompt_restart=False, requester=_REQUESTER)
