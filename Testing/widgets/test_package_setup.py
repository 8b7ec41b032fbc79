"""Installing Python packages through Slicer, whose installers are stand-ins here."""

from __future__ import annotations

import importlib.metadata
import sys
import types
from pathlib import Path

import pytest
import slicer

from LayerSeparationLib.errors import DependencyError
from LayerSeparationLib.widgets import package_setup
from LayerSeparationLib.widgets.package_setup import (
    WRITING_DICOM,
    ensure_packages,
    find_package,
    requirements_of,
)
from LayerSeparationLib.widgets.states import PackageState

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
def packages(monkeypatch):
    """Return name -> version of what is installed; empty at first, and only of what the tests ask for."""
    versions: dict[str, str] = {}
    monkeypatch.delitem(sys.modules, "pydicom", raising=False)
    monkeypatch.delitem(sys.modules, "highdicom", raising=False)

    def find_spec(name):
        return types.SimpleNamespace(origin=f"{name}/__init__.py") if name in versions else None

    def version(name):
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(package_setup.importlib.util, "find_spec", find_spec)
    monkeypatch.setattr(package_setup.importlib.metadata, "version", version)
    return versions


@pytest.fixture
def installer(monkeypatch, packages):
    """Return a function that gives Slicer an installer of new or old kind, and the calls that it gets."""

    def provide(gives, kind="packaging", error=None):
        calls = []

        def install(requirements, **options):
            calls.append(([str(one) for one in requirements], options))
            if error is not None:
                raise error
            packages.update(gives)

        new = types.SimpleNamespace(pip_ensure=install) if kind == "packaging" else None
        monkeypatch.setitem(sys.modules, "slicer.packaging", new)
        monkeypatch.setattr(slicer.util, "pip_install", install)
        return calls

    return provide


def ensure(answer=True):
    asked, said = [], []

    def ask(question):
        asked.append(question)
        return answer

    return ensure_packages(WRITING_DICOM, ask, said.append), asked, said


def test_what_slicer_brings_is_used_without_a_question(packages, installer):
    packages.update(pydicom="3.0.1", highdicom="0.27.0")
    calls = installer({})
    assert ensure() == (True, [], [])
    assert calls == []


def test_one_question_for_all_then_slicer_installs(packages, installer):
    calls = installer({"pydicom": "3.0.1", "highdicom": "0.27.0"})
    done, asked, said = ensure()
    assert done
    assert len(asked) == len(said) == 1
    assert "pydicom" in asked[0]
    assert "highdicom" in asked[0]
    [(requirements, options)] = calls
    assert requirements == list(WRITING_DICOM)
    assert options["prompt_install"] is False
    assert options["requester"] == "Layer Separation"


def test_older_slicers_install_by_their_own_function(packages, installer):
    packages["pydicom"] = "3.0.1"
    calls = installer({"highdicom": "0.27.0"}, kind="util")
    assert ensure()[0]
    assert calls == [(["highdicom>=0.25"], {})]


def test_refusal_does_nothing(packages, installer):
    calls = installer({})
    done, asked, said = ensure(answer=False)
    assert (done, len(asked), said, calls) == (False, 1, [], [])


def test_a_package_that_is_too_old_counts_as_missing(packages, installer):
    packages.update(pydicom="2.4.3", highdicom="0.27.0")
    calls = installer({"pydicom": "3.0.1"})
    assert ensure()[0]
    assert calls[0][0] == ["pydicom>=3.0"]


def test_an_older_package_in_use_asks_for_a_restart(packages, installer, monkeypatch):
    packages.update(pydicom="2.4.3", highdicom="0.27.0")
    monkeypatch.setitem(sys.modules, "pydicom", types.ModuleType("pydicom"))
    installer({"pydicom": "3.0.1"})
    with pytest.raises(DependencyError, match="restart Slicer"):
        ensure()


def test_a_failed_installation_says_what_to_do(packages, installer):
    installer({}, error=OSError("no network"))
    with pytest.raises(DependencyError, match=r"highdicom.*\(no network\)\. Check the network"):
        ensure()


def test_an_installation_that_gives_nothing_is_a_failure(packages, installer):
    installer({})
    with pytest.raises(DependencyError, match="could not be installed"):
        ensure()


def test_a_half_installed_package_is_broken(packages, monkeypatch):
    spec = types.SimpleNamespace(origin=None)
    monkeypatch.setattr(package_setup.importlib.util, "find_spec", lambda _name: spec)
    assert find_package("highdicom") is PackageState.BROKEN


def test_only_dicom_needs_more_than_slicer_has():
    assert requirements_of(["png", "nrrd", "json", "coco"]) == ()
    assert requirements_of(["png", "dicom", "dicom"]) == WRITING_DICOM


def test_requirements_are_those_of_the_python_package():
    declared = PROJECT.read_text(encoding="utf-8")
    for requirement in WRITING_DICOM:
        assert f'"{requirement}"' in declared
