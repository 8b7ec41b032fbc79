"""The tests that run inside Slicer, run on panel_host too, which is there on every machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import types
import unittest
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
MODULES = sorted(path.stem for path in HERE.glob("LayerSeparation*Test.py"))
PICTURES = "LayerSeparationPicturesTest"
SKIPPED = {
    "test_1_samples_are_offered",
    "test_2_slicers_module_loads_them",
    "test_06_one_png_among_numbered_ones",
}
"""Tests of Slicer's own module Sample Data and of its reader of PNG, which slicer-core does not have."""


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
    if "LAYERSEPARATION_SCREENSHOTS" in os.environ:
        panel.host.window.show()
    loaded = unittest.defaultTestLoader.loadTestsFromModule(__import__(module))
    outcome = unittest.TestResult()
    loaded.run(outcome)
    failed = [f"{test.id()}\n{text}" for test, text in (*outcome.failures, *outcome.errors)]
    assert not failed, "\n".join(failed)
    assert outcome.testsRun > 0
    skipped = {test.id().rpartition(".")[2] for test, _reason in outcome.skipped}
    assert skipped <= SKIPPED or module == PICTURES


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
    assert results.exit_code == 1
    assert results.summary().splitlines()[0] == "1 passed, 3 failed, 1 skipped"
    assert f"results: {results_file}" in results.summary()


RUN_WITHOUT_SLICER = """
import os, sys, time, types, unittest
sys.path.insert(0, {here!r})
waiting = []
timer = types.SimpleNamespace(singleShot=lambda _ms, action: waiting.append(action))
sys.modules["qt"] = types.SimpleNamespace(QTimer=timer)
slicer = sys.modules["slicer"] = types.ModuleType("slicer")
slicer.util = types.SimpleNamespace(mainWindow=lambda: None, exit=sys.exit)
slicer.modules = types.SimpleNamespace(layerseparation=None)

class Example(unittest.TestCase):
    def test_1_passes(self):
        pass
    def test_2_is_slow(self):
        {slow}
    def test_3_has_no_time(self):
        pass

sys.modules["example"] = types.ModuleType("example")
sys.modules["example"].Example = Example
names = {{"__file__": {run!r}, "__name__": "run"}}
exec(compile(open({run!r}, encoding="utf-8").read(), {run!r}, "exec"), names)
names["MODULES"] = ["example"]
while waiting:
    waiting.pop(0)()
"""


@pytest.mark.parametrize(
    ("slow", "reason"),
    [
        ("[time.sleep(0.01) for _ in range(10000)]", "OutOfTimeError"),
        ("time.sleep(100)", "hangs"),
    ],
)
def test_the_runner_leaves_in_time_and_says_what_failed(tmp_path, slow, reason):
    """Whether the test that takes too long can be stopped, or sits where Python can't reach it."""
    results_file, script = tmp_path / "results.jsonl", tmp_path / "script.py"
    script.write_text(
        RUN_WITHOUT_SLICER.format(here=str(HERE), run=str(HERE / "run.py"), slow=slow), encoding="utf-8"
    )
    limit_s = 4.0
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LAYERSEPARATION_")},
        "LAYERSEPARATION_TEST_RESULTS": str(results_file),
        "LAYERSEPARATION_TEST_SECONDS": str(limit_s),
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert time.monotonic() - started < limit_s + 2.0
    assert done.stdout.splitlines()[-4:] == [
        "1 passed, 2 failed, 0 skipped",
        "failed: __main__.Example.test_2_is_slow",
        "failed: __main__.Example.test_3_has_no_time",
        f"results: {results_file}",
    ]
    lines = [json.loads(line) for line in results_file.read_text(encoding="utf-8").splitlines()]
    assert reason in lines[1]["message"]
    assert "not run" in lines[2]["message"]
