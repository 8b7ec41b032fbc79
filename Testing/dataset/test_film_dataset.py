"""Data sets of joints whose layers are at hand: a folder of their own, gone on with, edits as given."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, JointPose, synthesize
from LayerSeparationLib.dataset import (
    DatasetOptions,
    LayerCache,
    count_samples,
    make_film_dataset,
    resume_dataset,
    unfinished_datasets,
    verify,
)
from LayerSeparationLib.dataset.plan.plan_inputs import LayersInput
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import JointExport
from LayerSeparationLib.joints import JointCrop
from LayerSeparationLib.radiograph import Polarity

PLANNED = DatasetOptions(per_joint=6, jsw=(0.5, 2.0), seed=3, formats=("webdataset",), split=(1, 0, 0))
GIVEN = DatasetOptions(per_joint=1, edits_given=True, formats=("coco",), split=(1, 0, 0))
COMMAND = "a test"


class StoppedError(Exception):
    pass


@pytest.fixture(scope="module")
def layers(separator, phantoms):
    film = phantoms["MCP"].radiograph
    return separator.separate(film, JointPose.whole_crop(film, "MCP3"))


def labels(folder):
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_edits_that_were_given_are_made_as_given(layers, tmp_path):
    edits = [GapEdit(target_jsw=1.0), GapEdit(change=-0.3, tilt_deg=2.0), GapEdit()]
    made = make_film_dataset([JointExport(layers, edit) for edit in edits], GIVEN, tmp_path, command=COMMAND)
    assert made.outcome.samples == 3
    assert made.folder.parent == tmp_path / layers.radiograph.name
    rows = labels(made.folder)
    before = synthesize(layers, GapEdit()).jsw_before.mean
    assert [float(row["jsw"]) for row in rows] == pytest.approx([1.0, before - 0.3, before], abs=5e-3)
    assert [row["synthetic"] for row in rows] == ["true", "true", "false"]
    assert [float(row["tilt_deg"]) for row in rows] == [0, 2, 0]
    assert verify(made.folder) == []


def test_it_goes_on_from_its_folder_alone_and_ends_the_same(layers, tmp_path, tree):
    joints = [JointExport(layers, GapEdit())]
    whole = make_film_dataset(joints, PLANNED, tmp_path / "whole", command=COMMAND)

    def stop(done, _all):
        if done >= 4:
            raise StoppedError

    with pytest.raises(StoppedError):
        make_film_dataset(joints, PLANNED, tmp_path / "part", command=COMMAND, progress=stop)
    [paths] = unfinished_datasets(tmp_path / "part" / layers.radiograph.name)
    assert count_samples(paths) == (4, 6)
    resume_dataset(paths)
    assert paths.root.name == whole.folder.name
    assert tree(paths.root) == tree(whole.folder)
    assert unfinished_datasets(paths.root.parent) == []


def test_the_same_again_is_complete_and_something_else_begins_another(layers, tmp_path, tree):
    joints = [JointExport(layers, GapEdit())]
    first = make_film_dataset(joints, PLANNED, tmp_path, command=COMMAND)
    before = tree(first.folder)
    again = make_film_dataset(joints, PLANNED, tmp_path, command=COMMAND)
    assert again.folder == first.folder
    assert again.outcome.already_complete
    assert tree(first.folder) == before
    other = make_film_dataset(joints, replace(PLANNED, seed=4), tmp_path, command=COMMAND)
    assert other.folder != first.folder


def test_corrected_layers_are_other_layers(layers, tmp_path):
    silhouettes = layers.canonical.silhouettes.copy()
    silhouettes[0, :, :40] = 0
    corrected = replace(layers, canonical=replace(layers.canonical, silhouettes=silhouettes))
    made = [
        make_film_dataset([JointExport(one, GapEdit())], PLANNED, tmp_path, command=COMMAND).folder
        for one in (layers, corrected)
    ]
    assert made[0] != made[1]


def test_a_joint_that_cannot_be_used_is_told_and_nothing_is_left(layers, tmp_path):
    in_px = replace(PLANNED, unit="px", jsw=(1, 10))
    with pytest.raises(InputError, match="MCP3: the film's pixel spacing is known"):
        make_film_dataset([JointExport(layers, GapEdit())], in_px, tmp_path, command=COMMAND)
    assert list((tmp_path / layers.radiograph.name).iterdir()) == []
    with pytest.raises(InputError, match="nothing to export"):
        make_film_dataset([], PLANNED, tmp_path, command=COMMAND)


def test_layers_come_back_from_the_cache_bit_by_bit(layers, tmp_path):
    found = LayersInput(layers).put_into(LayerCache(tmp_path))
    cached = LayerCache(tmp_path).load(found.key)
    edit = GapEdit(target_jsw=0.7, tilt_deg=3.0)
    np.testing.assert_array_equal(synthesize(cached.layers, edit).image, synthesize(layers, edit).image)


def test_what_cannot_be_made_is_told_sample_by_sample(layers, tmp_path):
    wild = replace(PLANNED, shift=10.0, tilt_deg=30.0, per_joint=12)
    made = make_film_dataset([JointExport(layers, GapEdit())], wild, tmp_path, command=COMMAND)
    assert made.outcome.failed > 0
    assert made.outcome.samples + made.outcome.failed == 12
    assert verify(made.folder) == []


def test_scores_are_obtained_as_they_were_spread_also_where_margins_touch(layers, tmp_path):
    balanced = replace(PLANNED, balance="svdh", jsw=(0.0, 2.5), per_joint=20)
    made = make_film_dataset([JointExport(layers, GapEdit())], balanced, tmp_path, command=COMMAND)
    rows = labels(made.folder)
    assert sorted(row["svdh_like"] for row in rows) == [score for score in "01234" for _ in range(4)]
    assert any(row["jsw"] == "" and row["svdh_like"] == "3" for row in rows)


def test_the_polarity_of_the_source_is_kept(layers, tmp_path):
    turned = replace(layers.radiograph, polarity=Polarity(inverted=True, decided_by="a test"))
    one = replace(layers, crop=JointCrop(turned, layers.pose))
    found = LayersInput(one).put_into(LayerCache(tmp_path))
    polarity = LayerCache(tmp_path).load(found.key).layers.radiograph.polarity
    assert (polarity.inverted, polarity.decided_by) == (True, "a test")
