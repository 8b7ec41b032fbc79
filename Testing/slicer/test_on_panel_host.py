"""The tests that run inside Slicer, run on panel_host too, which is there on every machine."""

from __future__ import annotations

import json
import re
import sys
import types
import unittest
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
MODULES = sorted(path.stem for path in HERE.glob("LayerSeparation*Test.py"))
SKIPPED = {"test_1_samples_are_offered", "test_2_slicers_module_loads_them"}
"""Tests of Slicer's own module Sample Data, which slicer-core does not have."""


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_on_panel_host(panel, module, monkeypatch):
    """Every test of a module passes."""
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("bench", *MODULES):
        sys.modules.pop(name, None)
    widget = panel(REPOSITORY / "LayerSeparation" / "LayerSeparation.py")
    import bench

    bench.open_panel = lambda: widget
    loaded = unittest.defaultTestLoader.loadTestsFromModule(__import__(module))
    outcome = unittest.TestResult()
    loaded.run(outcome)
    failed = [f"{test.id()}\n{text}" for test, text in (*outcome.failures, *outcome.errors)]
    assert not failed, "\n".join(failed)
    assert outcome.testsRun > 0
    assert {test.id().rpartition(".")[2] for test, _reason in outcome.skipped} <= SKIPPED


@pytest.mark.slow
def test_the_batch_script_of_the_readme_runs(panel, tmp_path, monkeypatch):
    """What the documentation shows is what works."""
    page = (REPOSITORY / "Docs" / "how-to" / "radiologists.md").read_text(encoding="utf-8")
    scripts = [text for text in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "Logic()" in text]
    assert scripts, "the documentation shows no script for Slicer"
    panel(REPOSITORY / "LayerSeparation" / "LayerSeparation.py")
    import slicer

    monkeypatch.setattr(slicer.util, "exit", lambda *_: None, raising=False)
    monkeypatch.chdir(tmp_path)
    exec(compile(scripts[0], "radiologists.md", "exec"), {})
    records = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("joint.json"))
    assert "out/PhantomHand/MCP3/gap_-0.50/joint.json" in records
    assert len(records) == 14 + 4


def test_the_runner_writes_a_line_for_every_test(tmp_path, monkeypatch):
    """Failures, errors and skips are told apart, and one does not stop the others."""
    results_file = tmp_path / "results.jsonl"
    monkeypatch.setenv("LAYERSEPARATION_TEST_RESULTS", str(results_file))
    runner = types.ModuleType("runner")
    runner.__file__ = str(HERE / "run.py")
    monkeypatch.syspath_prepend(str(HERE))
    qt = types.SimpleNamespace(QTimer=types.SimpleNamespace(singleShot=lambda *_: None))
    monkeypatch.setitem(sys.modules, "qt", qt)
    exec(compile((HERE / "run.py").read_text(encoding="utf-8"), runner.__file__, "exec"), runner.__dict__)
    tests = types.ModuleType("example_tests")

    class Example(unittest.TestCase):
        def test_1_passes(self):
            self.assertTrue(True)

        def test_2_fails(self):
            self.fail("as it should")

        def test_3_breaks(self):
            raise SystemExit(3)

        def test_4_is_skipped(self):
            self.skipTest("no reason")

    tests.Example = Example
    monkeypatch.setitem(sys.modules, "example_tests", tests)
    results = runner.Results()
    for test in runner.tests_of("example_tests", results) + runner.tests_of("no_such_module", results):
        runner.run_one(test, results)
    lines = [json.loads(line) for line in results_file.read_text(encoding="utf-8").splitlines()]
    assert [(line["name"].rpartition(".")[2], line["passed"]) for line in lines] == [
        ("no_such_module", False),
        ("test_1_passes", True),
        ("test_2_fails", False),
        ("test_3_breaks", False),
        ("test_4_is_skipped", True),
    ]
    assert "as it should" in lines[2]["message"]
    assert not results.all_passed
