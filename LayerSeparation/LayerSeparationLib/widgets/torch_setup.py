"""PyTorch where it is missing: one question, then Slicer's extension PyTorch installs it."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from ..errors import DependencyError
from ..translation import tr as _
from .package_setup import Ask, Say, explain_failed_installation, find_package
from .states import PackageState

REQUIREMENT = ">=2.2"


def find_torch() -> PackageState:
    """Tell whether PyTorch is there, without loading it (that takes seconds, and the worker does it)."""
    found = find_package("torch")
    half_loaded = found is PackageState.READY and not hasattr(sys.modules["torch"], "inference_mode")
    return PackageState.BROKEN if half_loaded else found


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
    advice = _(
        "Check the network, restart Slicer and try again; or install it with the module 'PyTorch Utils'."
    )
    with explain_failed_installation("PyTorch", advice):
        if repair or _is_broken(logic):
            logic.uninstallTorch()
        torch = logic.installTorch(askConfirmation=False, torchVersionRequirement=REQUIREMENT)
    if torch is None:
        raise DependencyError(
            _("PyTorch was not installed. Restart Slicer and try again, or use the module 'PyTorch Utils'.")
        )
    importlib.invalidate_caches()
    return True


def _pytorch_logic(say: Say) -> Any:
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


def _is_broken(logic: Any) -> bool:
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
