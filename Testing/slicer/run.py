"""Run all tests inside Slicer.

Slicer --no-splash --testing --additional-module-paths LayerSeparation --python-script Testing/slicer/run.py

LAYERSEPARATION_TEST_RESULTS
    File for one JSON line a test: name, passed, skipped, seconds, message.
LAYERSEPARATION_SCREENSHOTS
    Folder for pictures of the main window.
LAYERSEPARATION_TEST_MODULES
    Names of the files of tests to run, without .py (by default all).
LAYERSEPARATION_TEST_SECONDS
    The whole run takes no longer (by default 300): the test that runs then is stopped, those after it are not
    run, and all of them have failed.

The last lines say how many passed, failed and were skipped, which failed, and where the results lie. Slicer
exits by itself, with 0 when no test has failed, else with 1; a test that can't be stopped ends Slicer.
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
MODULES = os.environ.get("LAYERSEPARATION_TEST_MODULES", "").split() or sorted(
    path.stem for path in FOLDER.glob("LayerSeparation*Test.py")
)
SECONDS_IN_ALL = float(os.environ.get("LAYERSEPARATION_TEST_SECONDS", "300"))
GRACE_S = min(15.0, 0.05 * SECONDS_IN_ALL)
"""For a test to stop, and for Slicer to leave; both lie within the seconds in all."""
STARTUP_S = 120.0
WINDOW = (1600, 1000)
_NO_TIME = f"not run: all tests have {SECONDS_IN_ALL:g} s together (LAYERSEPARATION_TEST_SECONDS)"


class OutOfTimeError(Exception):
    """The time for all tests is over."""


class Results:
    """One JSON line a test, written at once: whatever happens later does not lose it."""

    def __init__(self) -> None:
        path = os.environ.get("LAYERSEPARATION_TEST_RESULTS")
        self._path = Path(path).resolve() if path else None
        self._failed: list[str] = []
        self._passed, self._skipped = 0, 0
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text("", encoding="utf-8")

    @property
    def exit_code(self) -> int:
        """What Slicer is to exit with."""
        return 1 if self._failed else 0

    def write(self, name: str, passed: bool, seconds: float, message: str, skipped: bool = False) -> None:
        """Note what became of a test."""
        if not passed:
            self._failed.append(name)
        elif skipped:
            self._skipped += 1
        else:
            self._passed += 1
        row = {"name": name, "passed": passed, "skipped": skipped, "seconds": round(seconds, 3)}
        line = json.dumps({**row, "message": message})
        print(line, flush=True)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def summary(self) -> str:
        """Return how many passed, which failed, and where to read on."""
        lines = [f"{self._passed} passed, {len(self._failed)} failed, {self._skipped} skipped"]
        lines += [f"failed: {name}" for name in self._failed]
        if self._path is not None:
            lines.append(f"results: {self._path}")
        if os.environ.get("LAYERSEPARATION_SCREENSHOTS"):
            lines.append(f"pictures: {Path(os.environ['LAYERSEPARATION_SCREENSHOTS']).resolve()}")
        return "\n".join(lines)


class Watchdog:
    """Ends the run in time: by an exception in the test's Python code, else by ending Slicer."""

    def __init__(self, results: Results, since: float) -> None:
        self._results = results
        self._main = threading.get_ident()
        self._ends_at = since + SECONDS_IN_ALL - 2 * GRACE_S
        self._running: tuple[str, float, list[str]] | None = None
        self._raised = False
        path = os.environ.get("LAYERSEPARATION_TEST_RESULTS")
        self._traces = sys.__stderr__
        if path:
            self._traces = Path(f"{path}.hang.txt").open("w", encoding="utf-8")  # noqa: SIM115
        if self._traces is not None:
            # Also works when the interpreter's lock is held for ever.
            last = max(since + SECONDS_IN_ALL - time.monotonic(), 1.0)
            faulthandler.dump_traceback_later(last, exit=True, file=self._traces)
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether there is no time for another test."""
        return time.monotonic() >= self._ends_at

    def begin(self, name: str, waiting: list[str]) -> None:
        """Watch a test."""
        self._running = name, time.monotonic(), waiting

    def end(self) -> None:
        """Watch no test."""
        self._running = None

    def _watch(self) -> None:
        while True:
            time.sleep(0.1)
            running = self._running
            if running is None or not self.is_over:
                continue
            if time.monotonic() > self._ends_at + GRACE_S:
                self._give_up(*running)
            elif not self._raised:
                self._raised = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._main), ctypes.py_object(OutOfTimeError)
                )

    def _give_up(self, name: str, started: float, waiting: list[str]) -> None:
        if self._traces is not None:
            faulthandler.dump_traceback(file=self._traces)
        seconds = time.monotonic() - started
        self._results.write(name, False, seconds, f"hangs: stopped after {seconds:.0f} s")
        for other in waiting:
            self._results.write(other, False, 0.0, _NO_TIME)
        print(self._results.summary(), flush=True)
        os._exit(1)


class Recorder(unittest.TestResult):
    """Keeps the message of the one test that runs."""

    def __init__(self) -> None:
        super().__init__()
        self.message, self.passed, self.skipped_one = "", True, False

    def addError(self, test, err):  # noqa: N802
        """Note an exception."""
        self._fail(err)

    def addFailure(self, test, err):  # noqa: N802
        """Note a failed assertion."""
        self._fail(err)

    def addSkip(self, test, reason):  # noqa: N802
        """Note why a test was not run."""
        self.message, self.skipped_one = f"skipped: {reason}", True

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
    seconds = time.monotonic() - started
    results.write(test.id(), recorder.passed, seconds, recorder.message, recorder.skipped_one)


def run_all(since: float) -> None:
    """Run every test, then leave Slicer."""
    results = Results()
    try:
        window = slicer.util.mainWindow()
        if window is not None:
            window.resize(*WINDOW)
        watchdog = Watchdog(results, since)
        tests = [test for module in MODULES for test in tests_of(module, results)]
        prepared: set[type] = set()
        for number, test in enumerate(tests):
            if watchdog.is_over:
                results.write(test.id(), False, 0.0, _NO_TIME)
                continue
            watchdog.begin(test.id(), [other.id() for other in tests[number + 1 :]])
            if type(test) not in prepared:
                prepared.add(type(test))
                _set_up_class(test, results)
            run_one(test, results)
            watchdog.end()
    except BaseException:
        results.write("run.py", False, 0.0, traceback.format_exc()[-4000:])
    leave(results)


def _set_up_class(test: unittest.TestCase, results: Results) -> None:
    started = time.monotonic()
    try:
        type(test).setUpClass()
    except Exception:
        name = f"{type(test).__name__}.setUpClass"
        results.write(name, False, time.monotonic() - started, traceback.format_exc()[-4000:])


def leave(results: Results) -> None:
    """Say what became of the tests and leave Slicer, by force if it does not go."""
    status = results.exit_code
    try:
        widget = getattr(slicer.modules, "LayerSeparationWidget", None)
        if widget is not None:
            widget.cleanup()
    except Exception:
        results.write("the panel's cleanup", False, 0.0, traceback.format_exc()[-4000:])
        status = results.exit_code
    print(results.summary(), flush=True)
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
        qt.QTimer.singleShot(1000, lambda: run_all(since))
    elif time.monotonic() - since > STARTUP_S:
        results = Results()
        results.write("run.py", False, STARTUP_S, "the module LayerSeparation was not loaded")
        leave(results)
    else:
        qt.QTimer.singleShot(500, lambda: start_when_up(since))


sys.path.insert(0, str(FOLDER))
if hasattr(getattr(slicer, "app", None), "commandOptions"):
    # With --testing Slicer would leave as soon as this script has been read.
    slicer.app.commandOptions().runPythonAndExit = False
qt.QTimer.singleShot(500, lambda: start_when_up(time.monotonic()))
