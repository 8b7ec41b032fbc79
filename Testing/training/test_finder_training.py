"""Training of the networks that find joints: views and their truth, losses, a run from films to weights."""

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk
import torch

from LayerSeparationLib import make_hand
from LayerSeparationLib.cli import main
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.joints import JOINT_NAMES, JointFinder
from LayerSeparationLib.joints.finder_network import HandNetwork, JointNetwork
from LayerSeparationLib.joints.hand_frame import MEAN_JOINTS, HandFrame
from LayerSeparationLib.joints.hand_view import UPRIGHT
from LayerSeparationLib.training.evaluate_finding import MarkedHand, compare, summarize
from LayerSeparationLib.training.finder_losses import hand_loss, joint_loss
from LayerSeparationLib.training.hand_set import DrawnHand, list_images, read_hand_set
from LayerSeparationLib.training.hand_views import Appearance, View, ViewMaker
from LayerSeparationLib.training.posture import change_posture

MM = 0.5


@pytest.fixture(scope="module")
def phantom():
    return make_hand(8, spacing_mm=MM)


@pytest.fixture(scope="module")
def drawn(phantom):
    points = {name: truth.pose.centre_px for name, truth in phantom.joints.items()}
    return DrawnHand.of("phantom", phantom.radiograph.intensity, points)


@pytest.fixture(scope="module")
def hand_set(tmp_path_factory, phantom):
    """Three copies of a phantom, laid out like a set of marked hands."""
    folder = tmp_path_factory.mktemp("hands")
    (folder / "images").mkdir()
    grey = np.rint(phantom.radiograph.intensity * 255).astype(np.uint8)
    with (folder / "joints.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "joint", "x", "y", "visible"])
        for number in range(60):
            for name, truth in phantom.joints.items():
                x, y = truth.pose.centre_px
                seen = (number, name) != (0, "IP1")
                writer.writerow([f"{number}.png", name, *((x, y, 1) if seen else ("", "", 0))])
    for name in ("train", "val"):
        for image in list(list_images(read_table(folder), name))[:2]:
            sitk.WriteImage(sitk.GetImageFromArray(grey), str(folder / "images" / image))
    return folder


def read_table(folder):
    from LayerSeparationLib.training.hand_set import read_joint_table

    return read_joint_table(folder)


def test_splits_share_no_image_and_hold_all(hand_set):
    table = read_table(hand_set)
    splits = {name: set(list_images(table, name)) for name in ("train", "tune", "val")}
    assert {name: len(images) for name, images in splits.items()} == {"train": 3, "tune": 16, "val": 41}
    assert set.union(*splits.values()) == set(list_images(table, "all")) == set(table)
    assert len(table["0.png"]) == 13
    with pytest.raises(InputError, match="no split 'test'"):
        list(list_images(table, "test"))


def test_a_folder_that_is_no_hand_set(tmp_path):
    with pytest.raises(InputError, match=r"no joints\.csv"):
        read_hand_set(tmp_path, "train")


def test_frame_of_a_marked_hand(drawn, phantom):
    phalanx = np.hypot(*(drawn.joints_px[7] - drawn.joints_px[2]))
    assert drawn.frame.length_px == pytest.approx(4.2 * phalanx, rel=0.2)
    assert drawn.frame.mirrored is (phantom.side == "R")


def test_another_posture_moves_the_picture_with_the_joints():
    """What lies at a joint after the change comes from that joint before it."""
    for seed in range(20):
        posture = change_posture(MEAN_JOINTS, np.random.default_rng(seed))
        assert posture.to_source(posture.joints) == pytest.approx(MEAN_JOINTS, abs=0.01)
        assert posture.joints[1:5] == pytest.approx(MEAN_JOINTS[1:5])
        moved = np.hypot(*(posture.joints - MEAN_JOINTS).T)
        assert moved[10:].max() > 0.002


def test_views_mark_the_joints_where_they_appear(drawn):
    """A film that is bright at one joint only is bright there in every view that shows the joint."""
    x, y = drawn.joints_px[7]
    rows, columns = np.mgrid[: drawn.intensity.shape[0], : drawn.intensity.shape[1]]
    spot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 5.0**2)).astype(np.float32)
    hand = DrawnHand(drawn.name, spot, drawn.joints_px, drawn.visible, drawn.frame)
    maker = ViewMaker([hand], [])
    rng = np.random.default_rng(4)
    distances = []
    for _ in range(60):
        view = maker.draw_hand(rng)
        shown = [seen for seen in view.hands if seen.visible[7]]
        if shown and view.image.max() > 4:
            row, column = np.unravel_index(view.image.argmax(), view.image.shape)
            distances.append(np.hypot(*(shown[0].joints_px[7] - (column, row))))
    assert len(distances) > 20
    assert np.median(distances) < 2.5


def view_of(hands):
    return View(np.zeros((256, 256), np.float32), tuple(hands))


def seen_at(frame, visible=None):
    matrix = frame.to_film
    joints = MEAN_JOINTS @ matrix[:, :2].T + matrix[:, 2]
    return Appearance(frame, joints, np.ones(14, bool) if visible is None else visible)


def test_joint_loss_is_least_at_the_truth():
    visible = np.arange(14) != 5
    view = view_of([seen_at(UPRIGHT, visible)])
    y, x = np.mgrid[:128, :128]
    logits = np.full((1, 14, 128 * 128 + 1), -30.0, np.float32)
    for joint, (u, v) in enumerate(view.hands[0].joints_px):
        distance2 = (x - ((u + 0.5) / 2 - 0.5)) ** 2 + (y - ((v + 0.5) / 2 - 0.5)) ** 2
        logits[0, joint, :-1] = np.maximum(-distance2 / 2, -30).ravel()
    logits[0, 5] = -30.0
    logits[0, 5, -1] = 0.0
    right, _ = joint_loss(torch.as_tensor(logits), [view])
    shifted, _ = joint_loss(torch.as_tensor(np.roll(logits, 3, axis=2)), [view])
    assert right.item() == pytest.approx(0, abs=0.01)
    assert shifted.item() > 1


def test_hand_loss_knows_left_from_right():
    frame = HandFrame((127.5, 127.5), (0.0, -100.0), False)
    view = view_of([seen_at(frame)])
    logits = torch.full((1, 2, 64, 64), -8.0)
    logits[0, 0, 32, 32] = 8.0
    vectors = torch.zeros((1, 2, 64, 64))
    vectors[:, 1] = -100 / 256
    right, _ = hand_loss(logits, vectors, [view])
    other_side, _ = hand_loss(logits.flip(1), vectors, [view])
    downwards, _ = hand_loss(logits, -vectors, [view])
    assert right.item() < 0.5
    assert other_side.item() > 5
    assert downwards.item() > right.item() + 3


def test_networks_answer_in_the_sizes_that_they_promise():
    film = torch.zeros((2, 1, 256, 256))
    centres, vectors = HandNetwork().eval()(film)
    assert (centres.shape, vectors.shape) == ((2, 2, 64, 64), (2, 2, 64, 64))
    assert JointNetwork().eval()(film).shape == (2, 14, 128 * 128 + 1)
    numbers = sum(p.numel() for network in (HandNetwork(), JointNetwork()) for p in network.parameters())
    assert 2 * numbers < 6e6


@pytest.mark.parametrize("part", ["hands", "joints"])
def test_a_run_from_films_to_weights(hand_set, tmp_path, part):
    arguments = ["train", "--part", part, "--data", str(hand_set), "--output", str(tmp_path)]
    arguments += ["--accelerator", "cpu", "--devices", "1", "--pairs", "2", "--phantoms", "0"]
    keep = [
        name for name in list_images(read_table(hand_set), "train") if (hand_set / "images" / name).is_file()
    ]
    few = tmp_path / "few"
    few.mkdir()
    (few / "images").symlink_to(hand_set / "images")
    lines = (hand_set / "joints.csv").read_text().splitlines()
    own = {*keep, *list_images(read_table(hand_set), "val"), *list_images(read_table(hand_set), "tune")}
    (few / "joints.csv").write_text(
        "\n".join(line for line in lines if line.split(",")[0] in {"image", *own})
    )
    arguments[arguments.index(str(hand_set))] = str(few)
    assert main([*arguments, "--steps", "1"]) == 0
    manifest = json.loads((tmp_path / f"{part}.json").read_text())
    assert manifest["training"]["plan"]["views_a_step"] == 2
    assert main([*arguments, "--steps", "2"]) == 1
    assert main([*arguments, "--steps", "2", "--resume"]) == 0


def test_figures_of_reported_joints():
    places = {name: (100.0 * number, 50.0) for number, name in enumerate(JOINT_NAMES)}
    hand = MarkedHand(places, 500.0)
    from LayerSeparationLib import JointPose

    poses = [JointPose(name, (x + 5, y), (1.0, 0.0)) for name, (x, y) in places.items()]
    poses[3] = JointPose("MCP2", poses[3].centre_px, (1.0, 0.0))
    poses[4] = JointPose("MCP5", (poses[4].centre_px[0] + 40, 50.0), (1.0, 0.0))
    results, strays = compare("film", hand, poses)
    figures = summarize(results)
    assert strays == 1
    assert figures["share_found"] == pytest.approx(13 / 14)
    assert figures["share_named_right_of_found"] == pytest.approx(12 / 13)
    assert figures["centre_error_in_hand_lengths"]["median"] == pytest.approx(0.01)
    assert figures["not_found"] == ["film MCP5"]
    assert figures["named_wrong"] == [f"film {JOINT_NAMES[3]}"]


def test_figures_on_films(hand_set, tmp_path):
    """The phantom's joints are found on every film of the split, as stored and turned."""
    few = tmp_path / "few"
    few.mkdir()
    (few / "images").symlink_to(hand_set / "images")
    lines = (hand_set / "joints.csv").read_text().splitlines()
    present = {path.name for path in (hand_set / "images").iterdir()}
    (few / "joints.csv").write_text(
        "\n".join(line for line in lines if line.split(",")[0] in {"image", *present})
    )
    target = tmp_path / "figures.json"
    assert main(["evaluate", "--data", str(few), "--split", "val", "--json", str(target)]) == 0
    figures = json.loads(target.read_text())
    for way in ("as_stored", "turned_and_mirrored"):
        assert figures[way]["share_found"] == 1
        assert figures[way]["share_named_right_of_found"] == 1
        assert figures[way]["centre_error_in_hand_lengths"]["median"] < 0.01
    assert figures["films_without_a_hand"]["films"] == 40
    assert figures["films_without_a_hand"]["joints_per_film"] <= 0.2
    assert figures["weights_sha256"] == JointFinder("cpu").weights_sha256


def test_figures_on_phantoms(tmp_path):
    target = tmp_path / "figures.json"
    assert main(["evaluate", "--phantoms", "1", "--device", "cpu", "--json", str(target)]) == 0
    figures = json.loads(target.read_text())
    for way in ("dice_of_single_joints", "dice_of_joints_found_on_hands"):
        assert set(figures[way]) == {"MCP", "PIP", "DIP", "IP"}
        assert min(one[bone] for one in figures[way].values() for bone in ("upper_bone", "lower_bone")) > 0.97
    widths = figures["jsw_of_joints_found_on_hands"]
    assert widths["joints"] == 14
    assert widths["joints_measured"] >= 7
    assert widths["mean_absolute_error_mm"] < 0.15
    assert figures["finding"]["share_found"] == 1
