"""What a plan asks for: decided by seed, input and index alone; spread as promised; series kept together."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from LayerSeparationLib.dataset import DatasetOptions, Plan, make_plan
from LayerSeparationLib.dataset.plan.narrowing_score import score_of, width_bins
from LayerSeparationLib.dataset.plan.series import label_series, series_of_films
from LayerSeparationLib.dataset.plan.splits import split_of_series
from LayerSeparationLib.errors import DoubtfulJointError, InputError
from LayerSeparationLib.measurement import Quality

CR = "1.2.840.10008.5.1.4.1.1.1"


def asked(plan, joint):
    every = [plan.sample(number) for number in range(plan.samples)]
    return [one for one in every if one.joint.name == joint]


def choices(one):
    return one.name, one.edit, one.attenuation_factor, one.noise_sd, one.noise_seed


def test_a_sample_does_not_depend_on_the_other_inputs(plan_of, inputs):
    together = asked(plan_of(), "PIP2")
    options = plan_of().options
    alone = make_plan([one for one in inputs if one.name == "PIP2"], options, lambda *_: None)
    assert [choices(one) for one in together] == [choices(one) for one in asked(alone, "PIP2")]


def test_the_order_of_inputs_does_not_matter(plan_of, inputs):
    assert make_plan(inputs[::-1], plan_of().options, lambda *_: None).fingerprint == plan_of().fingerprint


def test_seeds_and_indices_differ(plan_of):
    edits = {one.edit for seed in (1, 2) for one in asked(plan_of(seed=seed), "MCP3")}
    assert len(edits) == 10


@pytest.mark.parametrize("per_joint", [1, 7, 100])
def test_uniform_widths_fill_every_equal_part_once(plan_of, per_joint):
    plan = plan_of(per_joint=per_joint)
    for joint in plan.joints:
        widths = np.array([one.edit.target_jsw for one in asked(plan, joint.name)])
        parts = np.floor((widths - 0.2) / 1.8 * per_joint - 1e-3).clip(0).astype(int)
        assert Counter(parts).most_common(1)[0][1] <= (1 if per_joint < 50 else 2)
        assert widths.min() >= 0.2
        assert widths.max() <= 2.0


def test_scores_are_spread_evenly(plan_of):
    plan = plan_of(per_joint=50, jsw=(0, 2.5), balance="svdh", normal_jsw_mm={"*": 1.75})
    for joint in plan.joints:
        counts = Counter(score_of(one.edit.target_jsw, 1.75) for one in asked(plan, joint.name))
        assert counts == {0: 10, 1: 10, 2: 10, 3: 10, 4: 10}


def test_scores_follow_the_width():
    assert [score_of(width, 1.0) for width in (1.2, 0.75, 0.74, 0.5, 0.3, 0.25, 0.1, 0.0)] == [
        *(0, 0, 1, 1, 2, 2, 3, 4)
    ]
    assert width_bins(2.0, (0.6, 1.2)) == {1: (1.0, 1.2), 2: (0.6, 1.0)}
    assert width_bins(2.0, (0.0, 0.0)) == {4: (0.0, 0.0)}


def test_as_is_follows_the_inputs(plan_of):
    plan = plan_of(per_joint=200, balance="as-is")
    widths = [one.edit.target_jsw for one in asked(plan, "MCP3")]
    measured = [joint.jsw for joint in plan.joints]
    assert min(measured) - 1e-3 <= min(widths) < max(widths) <= max(measured) + 1e-3
    assert np.median(widths) == pytest.approx(np.median(measured), abs=0.02)


def test_tilt_shift_and_exposure_stay_in_their_ranges(plan_of):
    plan = plan_of(per_joint=200, exposure=0.25, noise=0.02)
    every = [plan.sample(number) for number in range(plan.samples)]
    for values, low, high in (
        ([one.edit.tilt_deg for one in every], -4, 4),
        ([one.edit.shift for one in every], -0.5, 0.5),
        ([one.attenuation_factor for one in every], 0.8, 1.25),
        ([one.noise_sd for one in every], 0, 0.02),
    ):
        assert low <= min(values) < low + 0.1 * (high - low)
        assert high >= max(values) > high - 0.1 * (high - low)


def test_matched_real_samples_come_on_top_and_keep_the_gap(plan_of):
    plan = plan_of(per_joint=6, matched_real=3, tilt_deg=5, shift=0.3)
    without = plan_of(per_joint=6, tilt_deg=5, shift=0.3)
    assert plan.samples == without.samples * 3 // 2
    for joint in {one.name for one in plan.joints}:
        samples = asked(plan, joint)
        edited, matched = samples[:6], samples[6:]
        assert [choices(one) for one in edited] == [choices(one) for one in asked(without, joint)]
        assert {one.edit.moves for one in matched} == {"joint"}
        for one in matched:
            assert one.edit.target_jsw is None
            assert not one.edit.change
            assert abs(one.edit.shift) <= 0.4
            assert abs(one.edit.tilt_deg) <= 5
        assert len({one.edit for one in matched}) == 3
    with pytest.raises(InputError, match="no matched real samples"):
        replace(plan.options, jsw=None, edits_given=True)


def test_plan_survives_its_file(plan_of):
    plan = plan_of(formats=("coco", "dicom"), change=(-0.5, 0.5), jsw=None)
    assert Plan.from_json(plan.as_json()) == plan
    with pytest.raises(InputError, match="another version"):
        Plan.from_json({**plan.as_json(), "version": "0.0.1"})


def test_blocks_cover_every_sample_once_and_hold_one_split(plan_of):
    for per_joint in (1, 5, 700, 40_000):
        plan = plan_of(per_joint=per_joint)
        blocks = list(plan.blocks())
        assert [block.start for block in blocks] == [0, *(block.stop for block in blocks[:-1])]
        assert blocks[-1].stop == plan.samples
        assert max(block.stop - block.start for block in blocks) <= 1000
        for block in blocks:
            ends = {plan.joints[number // per_joint].split for number in (block.start, block.stop - 1)}
            assert ends == {block.split}


@given(
    counts=st.dictionaries(st.text("abcdef", min_size=1), st.integers(1, 9), min_size=1, max_size=40),
    seed=st.integers(0, 99),
)
def test_every_series_has_one_split_and_shares_hold(counts, seed):
    split_of = split_of_series(counts, (0.6, 0.2, 0.2), seed)
    assert split_of.keys() == counts.keys()
    if len(counts) >= 3:
        assert set(split_of.values()) == {"train", "val", "test"}
    total, largest = sum(counts.values()), max(counts.values())
    for split, share in (("train", 0.6), ("val", 0.2), ("test", 0.2)):
        size = sum(count for series, count in counts.items() if split_of[series] == split)
        assert abs(size - share * total) <= 2 * largest


def test_films_of_one_series_or_content_stay_together():
    series = series_of_films(
        [("f1", ["anna"]), ("f2", ["anna"]), ("f3", ["ben"]), ("f3", ["carla"]), ("f4", ["carla"])]
    )
    assert series["f1"] == series["f2"] == "f1"
    assert series["f3"] == series["f4"] == "f3"


def header(path, **values):
    """Write the header of a DICOM film."""
    dataset = pydicom.Dataset()
    for keyword, value in {"SOPClassUID": CR, "SOPInstanceUID": "1.2.3", **values}.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = pydicom.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_patients_and_studies_tell_series_and_each_links_the_other(tmp_path):
    paths = [
        header(tmp_path / "a.dcm", PatientID="7", IssuerOfPatientID="A", StudyInstanceUID="1.1"),
        header(tmp_path / "b.dcm", PatientID="7", IssuerOfPatientID="A", StudyInstanceUID="1.2"),
        header(tmp_path / "c.dcm", PatientID="7", IssuerOfPatientID="B", StudyInstanceUID="1.3"),
        header(tmp_path / "d.dcm", StudyInstanceUID="1.2"),
        header(tmp_path / "e.dcm", StudyInstanceUID="1.4"),
    ]
    labels = label_series(paths)
    assert [labels[path].known_by for path in paths] == ["patient"] * 3 + ["study"] * 2
    series = series_of_films([(path.stem, labels[path].texts) for path in paths])
    assert series == {"a": "a", "b": "a", "c": "c", "d": "a", "e": "e"}
    assert "7" not in repr(labels[paths[0]])


def test_files_without_a_header_are_told_apart_by_folder_or_else_singly(tmp_path):
    flat = [tmp_path / "one.png", tmp_path / "two.png"]
    assert {label.known_by for label in label_series(flat).values()} == {"file"}
    assert len({label.texts for label in label_series(flat).values()}) == 2
    deep = [tmp_path / name for name in ("p/1.png", "p/2.png", "q/1.png")]
    labels = label_series(deep)
    assert {label.known_by for label in labels.values()} == {"folder"}
    assert labels[deep[0]] == labels[deep[1]] != labels[deep[2]]
    # A film with a header beside them changes nothing for the others.
    named = header(tmp_path / "film.dcm", PatientID="7")
    assert {label.known_by for label in label_series([*flat, named]).values()} == {"file", "patient"}
    assert {one.known_by for one in label_series(deep, "file").values()} == {"file"}
    assert len(label_series(flat, "folder")[flat[0]].texts) == 1


def test_a_split_without_series_is_known_to_the_plan(inputs):
    options = DatasetOptions(per_joint=2, jsw=(0.2, 2.0), split=(0.6, 0.2, 0.2))
    assert make_plan(inputs, options).missing_splits == ()
    assert make_plan(inputs[:1], options).missing_splits == ("val", "test")
    everything = DatasetOptions(per_joint=2, jsw=(0.2, 2.0), split=(1, 0, 0))
    assert make_plan(inputs[:1], everything).missing_splits == ()
    assert make_plan(inputs, options).count_series() == {"file": 3}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"per_joint": 0}, "per_joint"),
        ({"jsw": None}, "widths or for changes"),
        ({"jsw": (2, 1)}, "smaller first"),
        ({"jsw": (-1, 1)}, "can't be"),
        ({"tilt_deg": 90}, "tilt_deg"),
        ({"noise": float("nan")}, "noise"),
        ({"exposure": -1}, "exposure"),
        ({"split": (0.5, 0.2, 0.2)}, "add up to 1"),
        ({"balance": "fair"}, "balance"),
        ({"balance": "svdh", "jsw": None, "change": (-1, 1)}, "ask for widths"),
        ({"formats": ("bmp",)}, "Choose formats"),
        ({"seed": -1}, "seed"),
    ],
)
def test_impossible_wishes_are_refused_with_the_reason(changes, words):
    with pytest.raises(InputError, match=words):
        DatasetOptions(**{"per_joint": 5, "jsw": (0, 2), **changes})


def test_what_the_method_does_not_score_is_refused_and_the_rest_goes_on(inputs):
    told = []
    options = DatasetOptions(per_joint=10, jsw=(0, 2), balance="svdh")
    plan = make_plan(inputs, options, lambda one, error: told.append((one.name, str(error))))
    assert {joint.name for joint in plan.joints} == {"MCP3", "PIP2"}
    for joint in plan.joints:
        normal_mm = {"MCP3": 1.75, "PIP2": 0.95}[joint.name]
        counts = Counter(score_of(one.edit.target_jsw, normal_mm) for one in asked(plan, joint.name))
        assert counts == {0: 2, 1: 2, 2: 2, 3: 2, 4: 2}
    ((name, why),) = told
    assert name == "DIP4"
    assert "does not score the narrowing of DIP joints" in why
    assert "give the width of a healthy DIP joint in mm" in why


def test_an_own_healthy_width_grades_any_joint(inputs):
    told = []
    options = DatasetOptions(per_joint=10, jsw=(0, 2), balance="svdh", normal_jsw_mm={"DIP": 0.9})
    plan = make_plan(inputs, options, lambda one, error: told.append((one.name, str(error))))
    assert [joint.name for joint in plan.joints] == ["DIP4"]
    assert "a healthy joint like MCP3 is not known" in dict(told)["MCP3"]


def test_joints_to_be_checked_are_left_out_unless_asked_for(plan_of, inputs):
    doubtful = replace(inputs[0], quality=Quality.CHECK, findings=("a bay",))
    others, options = inputs[1:], plan_of().options
    refused = []
    plan = make_plan([doubtful, *others], options, lambda one, error: refused.append((one, error)))
    assert doubtful.key not in {joint.key for joint in plan.joints}
    ((_, error),) = [pair for pair in refused if pair[0] is doubtful]
    assert isinstance(error, DoubtfulJointError)
    assert "to be checked: a bay" in str(error)
    every = make_plan([doubtful, *others], replace(options, with_doubtful=True), lambda *_: None)
    (joint,) = [joint for joint in every.joints if joint.key == doubtful.key]
    assert (joint.quality, joint.doubts) == (Quality.CHECK, ("a bay",))
    assert Plan.from_json(every.as_json()) == every
