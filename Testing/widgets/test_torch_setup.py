"""Installing PyTorch through the extension PyTorch, which is a stand-in here."""

from __future__ import annotations

import sys
import types

import pytest

from LayerSeparationLib.errors import DependencyError
from LayerSeparationLib.widgets import package_setup, torch_setup
from LayerSeparationLib.widgets.states import PackageState


class FakeLogic:
    def __init__(self, installed=False, result="torch", error=None):
        self.calls, self._installed, self._result, self._error = [], installed, result, error

    def torchInstalled(self):
        if isinstance(self._installed, Exception):
            raise self._installed
        return self._installed

    def uninstallTorch(self):
        self.calls.append("uninstall")

    def installTorch(self, askConfirmation, torchVersionRequirement):
        self.calls.append(("install", askConfirmation, torchVersionRequirement))
        if self._error:
            raise self._error
        return self._result


@pytest.fixture
def extension(monkeypatch):
    def provide(logic):
        module = types.SimpleNamespace(PyTorchUtilsLogic=lambda: logic)
        monkeypatch.setitem(sys.modules, "PyTorchUtils", module)
        return logic

    return provide


def install(answer=True, repair=False):
    asked, said = [], []

    def ask(question):
        asked.append(question)
        return answer

    return torch_setup.install_torch(ask, said.append, repair), asked, said


def test_one_question_then_the_extension_installs(extension):
    logic = extension(FakeLogic())
    done, asked, said = install()
    assert done
    assert len(asked) == 1
    assert len(said) == 1
    assert logic.calls == [("install", False, ">=2.2")]


def test_refusal_does_nothing(extension):
    logic = extension(FakeLogic())
    done, asked, _ = install(answer=False)
    assert not done
    assert len(asked) == 1
    assert logic.calls == []


@pytest.mark.parametrize("repair", [True, False])
def test_a_half_installed_torch_is_removed_first(extension, repair):
    logic = extension(FakeLogic(installed=IndexError("no METADATA")))
    assert install(repair=repair)[0]
    assert logic.calls[0] == "uninstall"


def test_a_failed_install_says_what_to_do(extension):
    extension(FakeLogic(error=OSError("no network")))
    with pytest.raises(DependencyError, match=r"network.*restart Slicer"):
        install()


def test_an_install_that_gives_nothing_is_a_failure(extension):
    extension(FakeLogic(result=None))
    with pytest.raises(DependencyError, match="not installed"):
        install()


def test_without_the_extension_the_message_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "PyTorchUtils", None)
    with pytest.raises(DependencyError, match="Extensions Manager"):
        install()


def test_torch_is_found_without_being_loaded(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    spec = types.SimpleNamespace(origin="somewhere/torch/__init__.py")
    monkeypatch.setattr(package_setup.importlib.util, "find_spec", lambda _name: spec)
    assert torch_setup.find_torch() is PackageState.INSTALLED
    spec.origin = None
    assert torch_setup.find_torch() is PackageState.BROKEN
    monkeypatch.setattr(package_setup.importlib.util, "find_spec", lambda _name: None)
    assert torch_setup.find_torch() is PackageState.MISSING
    assert "torch" not in sys.modules


def test_a_loaded_torch_is_ready_and_an_empty_one_broken(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(inference_mode=None))
    assert torch_setup.find_torch() is PackageState.READY
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace())
    assert torch_setup.find_torch() is PackageState.BROKEN
