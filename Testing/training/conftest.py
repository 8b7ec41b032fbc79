"""A small joint set and a small hand set, made of phantoms."""

import csv

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib import make_hand, make_joint
from LayerSeparationLib.training.hand_set import list_images, read_joint_table


@pytest.fixture(scope="session")
def joint_set(tmp_path_factory):
    """Phantoms laid out like a set of drawn joints: four to train on (one overlapping), two to validate."""
    folder = tmp_path_factory.mktemp("joints")
    rows = []
    for number, width_mm in enumerate((1.5, 1.4, -1.0, 1.6, 1.5, 1.3)):
        joint = make_joint("MCP", 500 + number, jsw_mm=width_mm)
        grey = np.rint(joint.radiograph.intensity * 255).astype(np.uint8)
        gap = width_mm > 0
        upper = joint.upper_silhouette & ~(
            joint.lower_silhouette if gap else np.zeros_like(joint.lower_silhouette)
        )
        bits = upper * np.uint8(1) + joint.lower_silhouette * np.uint8(2)
        name = f"series{number}/film"
        (folder / name).parent.mkdir()
        sitk.WriteImage(
            sitk.GetImageFromArray(np.stack([grey] * 3, axis=-1), isVector=True), str(folder / f"{name}.jpg")
        )
        sitk.WriteImage(sitk.GetImageFromArray(bits), str(folder / f"{name}_mask.png"))
        rows.append({"name": name, "series": f"series{number}", "split": "train" if number < 4 else "val"})
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["name", "series", "split"])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="session")
def directed_hand_set(tmp_path_factory):
    """A phantom hand as the one film of the split 'tune', with the directions of two of its joints."""
    folder = tmp_path_factory.mktemp("directed_hands")
    (folder / "images").mkdir()
    hand = make_hand(8, spacing_mm=0.2)
    with (folder / "joints.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "joint", "x", "y", "visible"])
        for number in range(42):
            for name, truth in hand.joints.items():
                writer.writerow([f"{number}.png", name, *truth.pose.centre_px, 1])
    (image,) = list_images(read_joint_table(folder), "tune")
    grey = np.rint(hand.radiograph.intensity * 255).astype(np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(grey), str(folder / "images" / image))
    with (folder / "directions.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "joint", "dx", "dy"])
        for name in ("PIP3", "DIP3"):
            writer.writerow([image, name, *hand.joints[name].pose.distal])
    return folder
