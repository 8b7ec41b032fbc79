"""Films from files, separated in batches of bounded memory; failures come with their reason."""

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib import JointPose, SeparatedJoint, SeparationFailure, separate_files
from LayerSeparationLib.errors import (
    DeviceError,
    HandNotFoundError,
    InputError,
    JointNotFoundError,
    OutputError,
    UnexpectedError,
)
from LayerSeparationLib.separation import select_joints


class CountingSeparator:
    """Separates as the real one does, and notes what it is given."""

    def __init__(self, separator):
        self._separator = separator
        self.batches = []

    def separate_many(self, joints):
        self.batches.append([radiograph.name for radiograph, _ in joints])
        return self._separator.separate_many(joints)


@pytest.fixture
def counting(separator):
    return CountingSeparator(separator)


@pytest.fixture
def films(tmp_path, phantoms):
    """Five crops, a file each."""
    pixels = np.rint(phantoms["MCP"].radiograph.intensity * 255).astype(np.uint8)
    paths = [tmp_path / f"{name}.png" for name in "abcde"]
    for path in paths:
        sitk.WriteImage(sitk.GetImageFromArray(pixels), str(path))
    return paths


def whole_crop(radiograph):
    return [JointPose.whole_crop(radiograph, "MCP3")]


def two_joints(radiograph):
    return [JointPose(name, (127.5, 127.5), (0, -1), 256, side="L") for name in ("MCP2", "MCP3")]


def test_joints_come_in_the_order_of_the_files(films, counting, separator):
    joints = list(separate_files(films, counting, locate=whole_crop))
    assert all(isinstance(joint, SeparatedJoint) for joint in joints)
    assert [joint.path for joint in joints] == films
    assert {joint.name for joint in joints} == {"MCP3"}
    assert counting.batches == [["a", "b", "c", "d", "e"]]
    film = joints[0].layers.radiograph
    alone = separator.separate(film, JointPose.whole_crop(film, "MCP3"))
    np.testing.assert_allclose(joints[0].layers.upper_bone, alone.upper_bone, atol=1e-5)


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        ({"pixels_at_once": 2 * 256 * 256}, [2, 2, 1]),
        ({"pixels_at_once": 1}, [1, 1, 1, 1, 1]),
        ({"joints_at_once": 3}, [3, 2]),
        ({"joints_at_once": 5}, [5]),
    ],
)
def test_few_films_are_held_at_once(films, counting, limits, sizes):
    assert len(list(separate_files(films, counting, locate=whole_crop, **limits))) == 5
    assert list(map(len, counting.batches)) == sizes


def test_a_file_is_read_when_its_turn_comes(films, counting):
    taken = []

    def paths():
        for path in films:
            taken.append(path)
            yield path

    outcomes = separate_files(paths(), counting, locate=whole_crop, joints_at_once=2)
    next(outcomes)
    assert taken == films[:2]


def test_what_fails_does_not_stop_the_others(films, counting, tmp_path):
    lost, broken = tmp_path / "lost.png", tmp_path / "broken.png"
    broken.write_text("no picture")

    def locate(radiograph):
        if radiograph.name == "b":
            return []
        outside = JointPose("MCP5", (9000, 9000), (0, -1), 256)
        return [*whole_crop(radiograph), *([outside] if radiograph.name == "c" else [])]

    outcomes = list(separate_files([lost, *films, broken], counting, locate=locate))
    joints = [one for one in outcomes if isinstance(one, SeparatedJoint)]
    failures = [one for one in outcomes if isinstance(one, SeparationFailure)]
    assert [joint.path.stem for joint in joints] == ["a", "c", "d", "e"]
    assert [(one.path.stem, one.name, type(one.error)) for one in failures] == [
        ("lost", "", InputError),
        ("b", "", HandNotFoundError),
        ("c", "MCP5", InputError),
        ("broken", "", InputError),
    ]
    assert "outside" in str(failures[2].error)


def test_what_nobody_foresaw_costs_one_film_or_one_joint(films, counting):
    def locate(radiograph):
        if radiograph.name == "b":
            raise ZeroDivisionError("of a defect")
        return whole_crop(radiograph)

    class Fragile:
        """Can't stand one of the films, in whatever company."""

        def separate_many(self, joints):
            if any(radiograph.name == "d" for radiograph, _ in joints):
                raise IndexError("out of the film")
            return counting.separate_many(joints)

    outcomes = list(separate_files(films, Fragile(), locate=locate))
    failed = {one.path.stem: one for one in outcomes if isinstance(one, SeparationFailure)}
    assert sorted(failed) == ["b", "d"]
    assert [one.path.stem for one in outcomes if isinstance(one, SeparatedJoint)] == ["a", "c", "e"]
    assert failed["d"].name == "MCP3"
    for one, what in ((failed["b"], "ZeroDivisionError: of a defect"), (failed["d"], "IndexError")):
        assert isinstance(one.error, UnexpectedError)
        assert what in str(one.error)
        assert "report it at https://" in str(one.error)


@pytest.mark.parametrize("error", [DeviceError("no device"), OutputError("disk full")])
def test_what_every_film_would_run_into_ends_the_run(films, error):
    class Broken:
        def separate_many(self, joints):
            raise error

    with pytest.raises(type(error)):
        list(separate_files(films, Broken(), locate=whole_crop, joints_at_once=1))


def test_of_the_joints_only_some_can_be_asked_for(films, counting):
    outcomes = list(separate_files(films[:1], counting, names=["MCP3", "PIP"], locate=two_joints))
    failure, joint = outcomes
    assert isinstance(failure.error, JointNotFoundError)
    assert failure.name == "PIP"
    assert (joint.name, joint.layers.pose.name) == ("MCP3", "MCP3")


def test_two_joints_of_one_name_get_labels_of_their_own(films, counting):
    def both_hands(radiograph):
        return [JointPose("MCP2", (127.5, 127.5), (0, -1), 256, side=side) for side in "LR"]

    names = [joint.name for joint in separate_files(films[:1], counting, locate=both_hands)]
    assert names == ["MCP2_L", "MCP2_R"]


def test_a_reader_of_ones_own_can_give_the_spacing(films, counting):
    from LayerSeparationLib import read_radiograph

    def read(path):
        return read_radiograph(path).with_spacing(0.1)

    (joint,) = separate_files(films[:1], counting, locate=whole_crop, read=read)
    assert joint.layers.radiograph.spacing.mm == (0.1, 0.1)


def test_nothing_in_nothing_out(counting):
    assert list(separate_files([], counting, locate=whole_crop)) == []
    assert counting.batches == []


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([], ["MCP2_L", "MCP2_R", "PIP2_L"]),
        (["MCP2"], ["MCP2_L", "MCP2_R"]),
        (["MCP_R"], ["MCP2_R"]),
        (["PIP", "MCP2_L"], ["MCP2_L", "PIP2_L"]),
        (["DIP"], []),
    ],
)
def test_joints_go_by_name_or_kind_and_side(names, chosen):
    poses = [
        JointPose(name, (9, 9), (0, -1), side=side)
        for name, side in (("MCP2", "L"), ("MCP2", "R"), ("PIP2", "L"))
    ]
    assert [f"{pose.name}_{pose.side}" for pose in select_joints(poses, names)] == chosen
