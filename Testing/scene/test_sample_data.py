"""The samples are the phantoms that they claim to be, and Slicer's Sample Data module can offer them."""

from __future__ import annotations

import hashlib
import struct
import sys
import types
from urllib.request import url2pathname

import numpy as np
import pytest
import slicer

from LayerSeparationLib import read_radiograph
from LayerSeparationLib.cli.sample_data_command import JOINT_JSW_MM, JOINT_SEED
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.phantom import make_joint, sample_films, samples
from LayerSeparationLib.scene import Film, films_in
from LayerSeparationLib.scene.sample_data import CATEGORY, load_sample, register_sample_data

LARGEST_BYTES = 3_000_000


def test_files_are_those_that_were_listed_and_small():
    found = sample_films()
    assert [sample.name for sample in found] == ["PhantomHand", "PhantomJoint"]
    for sample in found:
        data = sample.file.read_bytes()
        assert hashlib.sha256(data).hexdigest() == sample.sha256
        assert b"LayerSeparation.synthetic:=true" in data[:1000]
        thumbnail = sample.thumbnail.read_bytes()
        width, height = struct.unpack(">II", thumbnail[16:24])
        assert width == height <= 256
    assert sum(sample.file.stat().st_size for sample in found) < LARGEST_BYTES


@pytest.mark.parametrize("sample", sample_films(), ids=lambda sample: sample.name)
def test_the_library_reads_them_with_their_spacing(sample):
    radiograph = read_radiograph(sample.file)
    assert radiograph.shape == sample.shape
    assert radiograph.spacing.mm == pytest.approx(sample.spacing_mm)
    assert radiograph.polarity.inverted is False


@pytest.mark.parametrize("sample", sample_films(), ids=lambda sample: sample.name)
def test_slicer_reads_them_as_films(host, sample):
    node = host.logics["Volumes"].AddArchetypeVolume(str(sample.file), sample.name, 0)
    assert films_in(host.scene) == [node]
    film = Film(node)
    assert film.radiograph.shape == sample.shape
    assert film.spacing_text == f"{sample.spacing_mm[0]:.3f} mm/px, detector plane"
    np.testing.assert_array_equal(film.radiograph.intensity, read_radiograph(sample.file).intensity)


def test_the_joint_is_made_again_from_its_seed():
    (sample,) = [one for one in sample_films() if one.name == "PhantomJoint"]
    made = make_joint("MCP", JOINT_SEED, jsw_mm=JOINT_JSW_MM).radiograph
    read = read_radiograph(sample.file).native().reshape(made.shape)
    assert np.abs(read / 4095 - made.intensity).max() <= 0.5 / 4095 + 1e-6


def test_they_are_offered_once_and_offline(monkeypatch):
    offered = {}

    class SampleDataLogic:
        @staticmethod
        def registerCustomSampleDataSource(**source):  # noqa: N802
            offered.setdefault(source["category"], []).append(types.SimpleNamespace(**source))

    module = types.SimpleNamespace(SampleDataLogic=SampleDataLogic)
    monkeypatch.setitem(sys.modules, "SampleData", module)
    monkeypatch.setattr(slicer, "modules", types.SimpleNamespace(sampleDataSources=offered), raising=False)
    assert register_sample_data()
    assert register_sample_data()
    assert [source.sampleName for source in offered[CATEGORY]] == ["PhantomHand", "PhantomJoint"]
    for source, sample in zip(offered[CATEGORY], sample_films(), strict=True):
        assert url2pathname(source.uris.removeprefix("file://")) == str(sample.file)
        assert source.checksums == f"SHA256:{sample.sha256}"


def test_without_slicers_module_nothing_happens(monkeypatch):
    monkeypatch.setitem(sys.modules, "SampleData", None)
    assert register_sample_data() is False


def test_a_damaged_file_is_not_loaded(monkeypatch, tmp_path):
    for name in ("sample_data.json", "PhantomHand.nrrd", "PhantomJoint.nrrd"):
        data = (samples.SAMPLE_FOLDER / name).read_bytes()
        (tmp_path / name).write_bytes(data if name.endswith("json") else data[:-1])
    monkeypatch.setattr(samples, "SAMPLE_FOLDER", tmp_path)
    with pytest.raises(InputError, match="damaged"):
        load_sample("PhantomJoint")
    with pytest.raises(InputError, match="choose among"):
        load_sample("Nothing")
