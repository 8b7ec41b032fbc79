"""PyTorch where it is missing: one question, then Slicer's extension PyTorch installs it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable

from ..errors import DependencyError
from ..translation import tr as _
from .states import Torch

REQUIREMENT = ">=2.2"

Ask = Callable[[str], bool]
"""Puts a question to the user; True for yes."""
Say = Callable[[str], None]


def find_torch() -> Torch:
    """Tell whether PyTorch is there, without loading it (that takes seconds, and the worker does it)."""
    module = sys.modules.get("torch")
    if getattr(getattr(module, "__spec__", None), "_initializing", False):
        return Torch.INSTALLED  # the worker is loading it right now
    if module is not None:
        return Torch.READY if hasattr(module, "inference_mode") else Torch.BROKEN
    try:
        found = importlib.util.find_spec("torch")
    except (ImportError, ValueError):
        return Torch.BROKEN
    if found is None:
        return Torch.MISSING
    # A folder without __init__.py is what an interrupted installation leaves behind.
    return Torch.BROKEN if found.origin is None else Torch.INSTALLED


def install_torch(ask: Ask, say: Say, repair: bool = False) -> bool:
    """Install PyTorch after one question; return whether it is there now.

    Parameters
    ----------
    ask
        Asked once; False leaves everything as it is.
    say
        Told what is going on, before the steps that take long.
    repair
        Remove what is there first: PyTorch is half installed.

    Raises
    ------
    DependencyError
        If it could not be installed; the message says what to do.
    """
    question = (
        _("PyTorch is installed, but it does not load. Install it anew? It is downloaded again.")
        if repair
        else _(
            "The separation needs PyTorch (200 MB for a CPU, up to 3 GB for a GPU), which is not installed "
            "yet. Install it now through the extension PyTorch? Everything else works without it."
        )
    )
    if not ask(question):
        return False
    logic = _pytorch_logic(say)
    say(_("Installing PyTorch: this takes some minutes..."))
    try:
        if repair or _is_broken(logic):
            logic.uninstallTorch()
        torch = logic.installTorch(askConfirmation=False, torchVersionRequirement=REQUIREMENT)
    except Exception as error:  # pip, the network and the extension fail in many ways
        raise DependencyError(
            _(
                "PyTorch could not be installed ({error}). Check the network, restart Slicer and try again; "
                "or install it with the module 'PyTorch Utils'."
            ).format(error=error)
        ) from error
    if torch is None:
        raise DependencyError(
            _("PyTorch was not installed. Restart Slicer and try again, or use the module 'PyTorch Utils'.")
        )
    importlib.invalidate_caches()
    return True


def _pytorch_logic(say: Say):  # type: ignore[no-untyped-def]  # a class of another extension
    """Return the logic of the extension PyTorch, which is installed when Slicer can do that."""
    try:
        import PyTorchUtils
    except ImportError as error:
        say(_("Installing the extension PyTorch..."))
        if _install_extension():
            raise DependencyError(
                _("The extension PyTorch is installed. Restart Slicer, then press Install PyTorch again.")
            ) from error
        raise DependencyError(
            _(
                "Install the extension 'PyTorch' with the Extensions Manager, restart Slicer, "
                "then press Install PyTorch again."
            )
        ) from error
    return PyTorchUtils.PyTorchUtilsLogic()


def _is_broken(logic) -> bool:  # type: ignore[no-untyped-def]
    """Whether the extension finds a half-installed PyTorch, at which its check may raise anything."""
    try:
        logic.torchInstalled()
    except Exception:
        return True
    return False


def _install_extension() -> bool:
    import slicer

    application = getattr(slicer, "app", None)
    manager = getattr(application, "extensionsManagerModel", lambda: None)()
    if manager is None:
        return False
    manager.interactive = False
    try:
        return bool(manager.installExtensionFromServer("PyTorch", False))
    except Exception:  # no server, no network
        return False
