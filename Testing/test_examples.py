"""Every public name has an example that runs, or a reason why not."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import LayerSeparationLib

ROOMS = (
    "files",
    "radiograph",
    "joints",
    "separation",
    "phantom",
    "measurement",
    "synthesis",
    "export",
    "figures",
    "follow_up",
    "dataset",
)
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

# Name -> why it has no example of its own.
WITHOUT_EXAMPLE: dict[str, str] = {
    "dataset.DatasetOutcome": "see make_dataset, which returns it",
    "dataset.FilmDataset": "see make_film_dataset, which returns it",
    "dataset.InputJoint": "see make_plan, which takes it",
    "dataset.RunEstimate": "see estimate_run, which returns it",
    "follow_up.JointChange": "see measure_change, which returns it",
    "follow_up.can_be_reported": "a question that the command asks before write_measurement_report",
    "follow_up.draw_follow_up": "a step of write_comparison",
    "follow_up.make_table_row": "its columns are those of make_comparison_record",
    "follow_up.write_measurement_report": "needs two DICOM films",
    "measurement.MeasuredJoint": "see measure_separated, which yields it",
    "figures.draw_joints": "drawn by the joints command",
    "figures.draw_sweep": "drawn by the demo command",
    "files.FileRecord": "see record_file, which returns it",
    "export.JointExport": "made in the example of export_joints",
    "export.FilmSample": "made in the example of make_film_sample",
    "export.Sample": "made in the example of make_sample",
    "export.describe_jsw": "shown in the example of make_sample",
    "export.read_film_record": "read_joint_record shows the same",
    "export.find_existing_film": "shown in the example of export_film",
    "export.find_existing_folders": "shown in the example of export_joints",
    "phantom.PhantomHand": "shown in the example of make_hand",
    "separation.SeparatedJoint": "the example of separate_files shows it",
    "separation.SeparationFailure": "the example of separate_files shows it",
}


def public_names() -> dict[str, object]:
    """Return the functions and classes that rooms offer: '<room>.<name>' -> object."""
    found: dict[str, object] = {}
    for room in ROOMS:
        package = import_module(f"LayerSeparationLib.{room}")
        for name in package.__all__:
            value = getattr(package, name)
            if inspect.isfunction(value) or (inspect.isclass(value) and not issubclass(value, Exception)):
                found[f"{room}.{name}"] = value
    return found


NAMES = public_names()
PUBLIC = {name: getattr(LayerSeparationLib, name) for name in LayerSeparationLib.__all__}


def examples_of(value: object, name: str) -> list[doctest.DocTest]:
    """Return the examples in the docstrings of an object and of its own methods."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    module = inspect.getmodule(value)
    return [one for one in finder.find(value, name, module) if one.examples]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_example_runs_or_there_is_a_reason(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # examples write into the folder that they run in
    examples = examples_of(NAMES[name], name)
    if not examples:
        assert WITHOUT_EXAMPLE.get(name), f"{name} has no example: write one, or the reason into this file"
        return
    assert name not in WITHOUT_EXAMPLE, f"{name} has an example: its reason is out of date"
    runner = doctest.DocTestRunner(verbose=False, optionflags=OPTIONS)
    report: list[str] = []
    for example in examples:
        example.globs.update({"np": np, "Path": Path, **PUBLIC})
        runner.run(example, out=report.append)
    assert runner.failures == 0, "".join(report)


def test_reasons_are_those_of_names_that_exist():
    assert set(WITHOUT_EXAMPLE) <= set(NAMES)
