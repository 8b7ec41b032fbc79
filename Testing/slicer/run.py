"""Run all tests inside Slicer.

Slicer --no-splash --testing --additional-module-paths LayerSeparation --python-script Testing/slicer/run.py

LAYERSEPARATION_TEST_RESULTS
    File for one JSON line a test: name, passed, seconds, message.
LAYERSEPARATION_SCREENSHOTS
    Folder for pictures of the main window.
LAYERSEPARATION_TEST_SECONDS
    A test that takes longer is stopped (by default 300).

Slicer exits with 0 when every test has passed, else with 1. A test that can't be stopped ends Slicer; it and
those after it are then written as failed.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import sys
import threading
import time
import traceback
import unittest
from pathlib import Path

import qt
import slicer

FOLDER = Path(globals().get("__file__") or slicer.app.commandOptions().pythonScript).resolve().parent
MODULES = sorted(path.stem for path in FOLDER.glob("LayerSeparation*Test.py"))
SECONDS_A_TEST = float(os.environ.get("LAYERSEPARATION_TEST_SECONDS", "300"))
GRACE_S = 30.0
STARTUP_S = 120.0
WINDOW = (1600, 1000)


class TestHungError(Exception):
    """A test took too long."""


class Results:
    """One JSON line a test, written at once: whatever happens later does not lose it."""

    def __init__(self) -> None:
        path = os.environ.get("LAYERSEPARATION_TEST_RESULTS")
        self._path = Path(path) if path else None
        self.all_passed = True
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text("", encoding="utf-8")

    def write(self, name: str, passed: bool, seconds: float, message: str) -> None:
        """Note what became of a test."""
        self.all_passed = self.all_passed and passed
        line = json.dumps({"name": name, "passed": passed, "seconds": round(seconds, 3), "message": message})
        print(line, flush=True)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")


class Watchdog:
    """Stops a test that hangs: by an exception in its Python code, else by ending Slicer."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._main = threading.get_ident()
        self._running: tuple[str, float] | None = None
        self._waiting: list[str] = []
        self._raised = False
        path = os.environ.get("LAYERSEPARATION_TEST_RESULTS")
        self._traces = sys.__stderr__
        if path:
            self._traces = Path(f"{path}.hang.txt").open("w", encoding="utf-8")  # noqa: SIM115
        threading.Thread(target=self._watch, daemon=True).start()

    def begin(self, name: str, waiting: list[str]) -> None:
        """Watch a test."""
        self._raised, self._waiting = False, waiting
        self._running = name, time.monotonic()
        if self._traces is not None:
            # Also works when the interpreter's lock is held for ever.
            faulthandler.dump_traceback_later(SECONDS_A_TEST + 2 * GRACE_S, exit=True, file=self._traces)

    def end(self) -> None:
        """Watch no longer."""
        self._running = None
        if self._traces is not None:
            faulthandler.cancel_dump_traceback_later()

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            running = self._running
            if running is None:
                continue
            name, started = running
            seconds = time.monotonic() - started
            if seconds > SECONDS_A_TEST + GRACE_S:
                self._give_up(name, seconds)
            if seconds > SECONDS_A_TEST and not self._raised:
                self._raised = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._main), ctypes.py_object(TestHungError)
                )

    def _give_up(self, name: str, seconds: float) -> None:
        if self._traces is not None:
            faulthandler.dump_traceback(file=self._traces)
        self._results.write(name, False, seconds, f"hangs: stopped after {seconds:.0f} s")
        for other in self._waiting:
            self._results.write(other, False, 0.0, f"not run: {name} hangs")
        os._exit(1)


class Recorder(unittest.TestResult):
    """Keeps the message of the one test that runs."""

    def __init__(self) -> None:
        super().__init__()
        self.message, self.passed = "", True

    def addError(self, test, err):  # noqa: N802
        """Note an exception."""
        self._fail(err)

    def addFailure(self, test, err):  # noqa: N802
        """Note a failed assertion."""
        self._fail(err)

    def addSkip(self, test, reason):  # noqa: N802
        """Note why a test was not run."""
        self.message = f"skipped: {reason}"

    def _fail(self, err) -> None:
        self.passed = False
        self.message = "".join(traceback.format_exception(*err))[-4000:]


def tests_of(module: str, results: Results) -> list[unittest.TestCase]:
    """Return the tests of a module in their order; one that can't be imported is a failed test."""
    try:
        suite = unittest.defaultTestLoader.loadTestsFromModule(__import__(module))
    except Exception:
        results.write(module, False, 0.0, traceback.format_exc()[-4000:])
        return []
    return [test for group in suite for test in group]


def run_one(test: unittest.TestCase, results: Results) -> None:
    """Run a test and write its line, whatever it does."""
    started, recorder = time.monotonic(), Recorder()
    try:
        test.run(recorder)
    except BaseException:
        recorder.passed, recorder.message = False, traceback.format_exc()[-4000:]
    results.write(test.id(), recorder.passed, time.monotonic() - started, recorder.message)


def run_all() -> None:
    """Run every test, then leave Slicer."""
    results = Results()
    try:
        window = slicer.util.mainWindow()
        if window is not None:
            window.resize(*WINDOW)
        watchdog = Watchdog(results)
        tests = [test for module in MODULES for test in tests_of(module, results)]
        prepared: set[type] = set()
        for number, test in enumerate(tests):
            watchdog.begin(test.id(), [other.id() for other in tests[number + 1 :]])
            if type(test) not in prepared:
                prepared.add(type(test))
                _set_up_class(test, results)
            run_one(test, results)
            watchdog.end()
    except BaseException:
        results.write("run.py", False, 0.0, traceback.format_exc()[-4000:])
    leave(0 if results.all_passed else 1)


def _set_up_class(test: unittest.TestCase, results: Results) -> None:
    started = time.monotonic()
    try:
        type(test).setUpClass()
    except Exception:
        name = f"{type(test).__name__}.setUpClass"
        results.write(name, False, time.monotonic() - started, traceback.format_exc()[-4000:])


def leave(status: int) -> None:
    """Leave Slicer with an exit code, by force if it does not go."""
    print(f"tests inside Slicer: exit code {status}", flush=True)
    widget = getattr(slicer.modules, "LayerSeparationWidget", None)
    if widget is not None:
        widget.cleanup()
    # A thread alone may starve while the application sits in C++; a timer alone needs events.
    qt.QTimer.singleShot(int(GRACE_S * 1000), lambda: os._exit(status))
    force = threading.Timer(GRACE_S, os._exit, args=(status,))
    force.daemon = True
    force.start()
    slicer.util.exit(status)


def start_when_up(since: float) -> None:
    """Begin once the main window and the module are there; look again a little later otherwise."""
    window = slicer.util.mainWindow()
    up = hasattr(slicer.modules, "layerseparation") and (window is None or window.visible)
    if up:
        qt.QTimer.singleShot(1000, run_all)
    elif time.monotonic() - since > STARTUP_S:
        results = Results()
        results.write("run.py", False, STARTUP_S, "the module LayerSeparation was not loaded")
        leave(1)
    else:
        qt.QTimer.singleShot(500, lambda: start_when_up(since))


sys.path.insert(0, str(FOLDER))
if hasattr(getattr(slicer, "app", None), "commandOptions"):
    # With --testing Slicer would leave as soon as this script has been read.
    slicer.app.commandOptions().runPythonAndExit = False
qt.QTimer.singleShot(500, lambda: start_when_up(time.monotonic()))
