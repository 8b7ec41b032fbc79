"""A run: the same bytes whoever makes them and however often it is interrupted; complete or absent."""

import csv
import errno
import json
import os
import signal
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib import GapEdit, JointPose, Radiograph, synthesize
from LayerSeparationLib.dataset import (
    CachingSeparator,
    DatasetPaths,
    LayerCache,
    SeriesLabel,
    make_dataset,
    run_locally,
    verify,
)
from LayerSeparationLib.dataset.run import local_workers
from LayerSeparationLib.dataset.run.block_worker import BlockWorker
from LayerSeparationLib.dataset.run.exposure import expose
from LayerSeparationLib.dataset.run.render_sample import render_sample
from LayerSeparationLib.errors import InputError, OutputError
from LayerSeparationLib.export import read_joint_record
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM


def pixels(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def rows(folder):
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_sample_is_there_with_labels_and_truth(finished):
    root, plan = finished
    labels = rows(root)
    assert [int(row["number"]) for row in labels] == list(range(24))
    assert {row["split"] for row in labels} == {"train", "val", "test"}
    for row in labels[::5]:
        planned = plan.sample(int(row["number"]))
        folder = root / "png" / row["split"] / row["name"]
        record = read_joint_record(folder / "joint.json")
        assert record["synthetic"] is True
        assert record["source"] is None
        assert record["edit"]["target_jsw"] == planned.edit.target_jsw == float(row["asked_jsw"])
        assert record["exposure"]["attenuation_factor"] == float(row["attenuation_factor"])
        if row["jsw"]:
            assert float(row["jsw"]) == pytest.approx(planned.edit.target_jsw, abs=1e-6)
            assert (pixels(folder / "joint_space.png") > 0).any()
        assert (row["svdh_like"] == "") == (row["joint"] == "DIP4")
        assert row["synthetic"] == "true"
    train = json.loads((root / "coco" / "annotations" / "instances_train.json").read_text())
    assert len(train["images"]) == sum(row["split"] == "train" for row in labels)
    done = json.loads((root / "dataset.json").read_text())
    assert (done["samples"], done["failed_samples"]) == (24, 0)
    assert not (root / ".work").exists()
    assert verify(root) == []


def test_card_figure_and_contact_sheet_come_with_it(finished):
    root, plan = finished
    card = (root / "README.md").read_text()
    for words in (
        "SYNTHETIC",
        plan.fingerprint,
        plan.joints[0].film,
        plan.joints[0].weights_sha256,
        "licence",
    ):
        assert words in card
    for name in ("jsw.png", "contact_sheet.png"):
        assert pixels(root / name).size > 100_000


def test_any_order_and_repetition_make_the_same_bytes(tree, finished, tmp_path, cache):
    root, plan = finished

    def backwards(work, blocks):
        for block in reversed(list(blocks)):
            work(block)
            yield block, work(block)

    make_dataset(DatasetPaths(tmp_path / "set"), plan, cache, run=backwards)
    assert tree(tmp_path / "set") == tree(root)


def test_stopped_after_any_block_it_goes_on(tree, finished, tmp_path, cache):
    root, plan = finished
    paths, starts = DatasetPaths(tmp_path / "set"), []

    class StopError(Exception):
        pass

    def stop(done, _total):
        starts.append(done)
        if len(starts) in (2, 4, 6):
            raise StopError

    for _ in range(3):
        with pytest.raises(StopError):
            make_dataset(paths, plan, cache, progress=stop)
        with pytest.raises(OutputError, match="not finished"):
            verify(paths.root)
    make_dataset(paths, plan, cache)
    assert starts[:6] == [0, 4, 4, 8, 8, 12]
    assert tree(paths.root) == tree(root)
    outcome = make_dataset(paths, plan, cache)
    assert outcome.already_complete
    assert tree(paths.root) == tree(root)


PROGRAM = """
import sys
from pathlib import Path
from LayerSeparationLib.dataset import LayerCache, DatasetPaths, make_dataset, read_plan, run_locally
from functools import partial
if __name__ == "__main__":
    paths = DatasetPaths(Path(sys.argv[1]))
    cache = LayerCache(Path(sys.argv[2]))
    make_dataset(paths, read_plan(paths.plan), cache, run=partial(run_locally, workers=2))
"""


def test_killed_it_goes_on_and_ends_with_the_same_data_set(tree, finished, tmp_path, cache, begun_process):
    """`kill -9` of the program at whatever it is doing; its workers end by themselves."""
    root, plan = finished
    paths = DatasetPaths(tmp_path / "set")
    paths.root.mkdir()
    (paths.root / "plan.json").write_bytes((root / "plan.json").read_bytes())
    (tmp_path / "program.py").write_text(PROGRAM)
    with begun_process([tmp_path / "program.py", paths.root, cache.folder], paths.root) as process:
        process.kill()
    assert not paths.is_complete
    for folder in (paths.root / "png").glob("*/*"):
        assert len(list(folder.iterdir())) == 6
    make_dataset(paths, plan, cache)
    assert tree(paths.root) == tree(root)


def die_once(marker, work, block):
    """Kill the worker that gets block 1, the first time."""
    if block.number == 1 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work(block)


def die_always(_work, _block):
    os.kill(os.getpid(), signal.SIGKILL)


def test_two_workers_make_the_same_bytes_even_if_one_dies(tree, finished, tmp_path, cache):
    root, plan = finished
    marker = str(tmp_path / "died")
    make_dataset(
        DatasetPaths(tmp_path / "set"),
        plan,
        cache,
        run=lambda work, blocks: run_locally(partial(die_once, marker, work), blocks, 2),
    )
    assert Path(marker).exists()
    assert tree(tmp_path / "set") == tree(root)


def test_workers_that_always_die_are_given_up(plan_of, tmp_path, cache, monkeypatch):
    monkeypatch.setattr(local_workers, "_MOST_DEATHS", 2)
    with pytest.raises(OutputError, match=r"died 2 times in a row.*memory is short"):
        make_dataset(
            DatasetPaths(tmp_path / "set"),
            plan_of(),
            cache,
            run=lambda work, blocks: run_locally(partial(die_always, work), blocks, 2),
        )


def test_a_full_disk_is_told_and_gone_on_from(tree, finished, tmp_path, cache, monkeypatch):
    root, plan = finished
    paths, written = DatasetPaths(tmp_path / "set"), []
    write = Path.write_bytes

    def full(path, data):
        written.append(path)
        if len(written) > 60:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"No space left.*same command goes on"):
        make_dataset(paths, plan, cache)
    monkeypatch.undo()
    assert not list(paths.root.rglob("*.partial"))
    assert not any((paths.work / "staged").iterdir())
    make_dataset(paths, plan, cache)
    assert tree(paths.root) == tree(root)


def test_an_unwritable_place_is_told(plan_of, tmp_path, cache):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError):
        make_dataset(DatasetPaths(tmp_path / "file" / "set"), plan_of(), cache)
    assert (tmp_path / "file").read_text() == "mine"


def test_another_plan_is_refused_and_the_difference_named(tree, finished, cache, plan_of):
    root, _ = finished
    before = tree(root)
    with pytest.raises(OutputError, match="per_joint was 8 and is now 5"):
        make_dataset(DatasetPaths(root), plan_of(), cache)
    assert tree(root) == before


def test_another_version_and_foreign_files_are_refused(tmp_path, cache, plan_of):
    plan = plan_of()
    other = tmp_path / "other"
    other.mkdir()
    (other / "plan.json").write_text(json.dumps({**plan.as_json(), "version": "0.0.9"}))
    with pytest.raises(OutputError, match=r"another version \(0.0.9"):
        make_dataset(DatasetPaths(other), plan, cache)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds other files"):
        make_dataset(DatasetPaths(foreign), plan, cache)
    assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]


def test_nothing_is_written_through_a_link(tmp_path, cache, plan_of):
    plan, paths, outside = plan_of(), DatasetPaths(tmp_path / "set"), tmp_path / "outside"
    outside.mkdir()
    paths.root.mkdir()
    (paths.root / "plan.json").write_text(json.dumps(plan.as_json()))
    (paths.root / "png").symlink_to(outside)
    with pytest.raises(OutputError, match="is a link"):
        make_dataset(paths, plan, cache)
    assert list(outside.iterdir()) == []


def test_verify_finds_what_changed(tree, finished, tmp_path):
    import shutil

    root, _ = finished
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    images = sorted((copy / "png").rglob("image.png"))
    data = bytearray(images[0].read_bytes())
    data[-30] ^= 1
    images[0].write_bytes(data)
    images[1].unlink()
    images[2].write_bytes(images[2].read_bytes()[:-1])
    (copy / "png" / "new.txt").write_text("?")
    problems = verify(copy)
    assert len(problems) == 4
    for image, words in zip(images[:3], ("other content", "No such file", "bytes, not"), strict=True):
        assert any(image.relative_to(copy).as_posix() in line and words in line for line in problems)
    with pytest.raises(OutputError, match="no data set"):
        verify(tmp_path)


def test_an_edit_that_is_too_large_fails_alone(tmp_path, cache, plan_of):
    plan = plan_of(jsw=(0.0, 8.0), per_joint=8, shift=0.0)
    outcome = make_dataset(DatasetPaths(tmp_path / "set"), plan, cache)
    assert 0 < outcome.failed < plan.samples
    assert outcome.samples + outcome.failed == plan.samples
    done = json.loads((tmp_path / "set" / "dataset.json").read_text())
    assert "the crop allows" in done["first_failed_samples"][0]["error"]
    assert len(rows(tmp_path / "set")) == outcome.samples


def test_missing_and_foreign_layers_are_told(tmp_path, plan_of, cache):
    plan, paths = plan_of(), DatasetPaths(tmp_path / "set")
    with pytest.raises(InputError, match="are not in"):
        make_dataset(paths, plan, LayerCache(tmp_path / "nothing"))
    path = cache.path(plan.joints[0].key)
    swapped = LayerCache(tmp_path / "swapped")
    target = swapped.path(plan.joints[0].key)
    target.parent.mkdir(parents=True)
    target.write_bytes(cache.path(plan.joints[1].key).read_bytes())
    with pytest.raises(InputError, match="not those of the plan"):
        make_dataset(paths, plan, swapped)
    target.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InputError, match="damaged"):
        make_dataset(paths, plan, swapped)


def test_a_worker_with_another_version_or_folder_is_refused(tmp_path, plan_of, cache):
    plan = plan_of()
    (tmp_path / "plan.json").write_text(json.dumps(plan.as_json()))
    block = next(iter(plan.blocks()))
    with pytest.raises(OutputError, match=r"data set needs 9.9"):
        BlockWorker(tmp_path, cache.folder, plan.fingerprint, "9.9")(block)
    with pytest.raises(OutputError, match="another plan"):
        BlockWorker(tmp_path, cache.folder, "0" * 64)(block)


def test_a_joint_of_a_film_is_the_same_out_of_the_cache(tmp_path, separator, phantoms):
    intensity = np.full((420, 380), 0.1, np.float32)
    intensity[100:356, 60:316] = phantoms["PIP"].radiograph.intensity
    film = Radiograph.from_array(intensity, MM, "hand")
    pose = JointPose("PIP2", (187.5, 227.5), (0.1, -1))
    caching = CachingSeparator(separator.separate, separator.weights.sha256, LayerCache(tmp_path))
    (cached,) = caching.separate_many([(film, pose)])
    assert cached.radiograph.shape != film.shape
    edit = GapEdit(target_jsw=0.5, tilt_deg=3)
    one, other = synthesize(separator.separate(film, pose), edit), synthesize(cached, edit)
    assert np.abs(one.image - other.image).max() < 1e-5
    assert np.array_equal(one.masks.upper_bone, other.masks.upper_bone)
    again = CachingSeparator(None, separator.weights.sha256, LayerCache(tmp_path))
    (same,) = again.separate_many([(film, pose)])
    assert np.array_equal(same.canonical.shares, cached.canonical.shares)
    assert np.array_equal(same.canonical.margins.as_array(), cached.canonical.margins.as_array())
    assert cached.canonical.margins.ends_px is not None


def test_pose_and_origin_are_those_of_the_whole_film(tmp_path, separator, phantoms):
    intensity = np.full((420, 380), 0.1, np.float32)
    intensity[100:356, 60:316] = phantoms["PIP"].radiograph.intensity
    film = Radiograph.from_array(intensity, MM, "hand")
    cache = LayerCache(tmp_path)
    caching = CachingSeparator(separator.separate, separator.weights.sha256, cache)
    (layers,) = caching.separate_many([(film, JointPose("PIP2", (187.5, 227.5), (0, -1)))])
    one = caching.describe(Path("hand.png"), layers, SeriesLabel(("hand",), "file"))
    from LayerSeparationLib.dataset import DatasetOptions, make_plan

    plan = make_plan([one], DatasetOptions(per_joint=1, change=(0.3, 0.3)), lambda *_: None)
    sample = render_sample(plan.sample(0), cache.load(one.key), plan.options)
    assert sample.origin_px == (60, 100)
    assert sample.record["pose"]["centre_px"] == pytest.approx([187.5, 227.5])
    assert sample.film is None


def test_exposure_changes_contrast_and_noise_only(mcp_layers):
    image = mcp_layers.image
    assert expose(image, 1.0, 0.0, 1) is image
    darker = expose(image, 0.8, 0.0, 1)
    np.testing.assert_allclose(np.log1p(-darker), 0.8 * np.log1p(-image), atol=1e-4)
    noisy = expose(image, 1.0, 0.02, 3)
    assert np.std(noisy - image) == pytest.approx(0.02, rel=0.03)
    assert np.array_equal(noisy, expose(image, 1.0, 0.02, 3))
    assert not np.array_equal(noisy, expose(image, 1.0, 0.02, 4))
