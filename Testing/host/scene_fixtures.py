"""Fixtures: a real MRML scene with the logics that Slicer's application sets up, from slicer-core."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import slicer
import vtk
from panel_host.scene import SceneHost
from scipy import ndimage
from vtk.util import numpy_support

from LayerSeparationLib import JointPose, make_hand, make_joint
from LayerSeparationLib.joints import JointCrop
from LayerSeparationLib.joints.affine import map_points, resample
from LayerSeparationLib.scene import Film, SceneJoints
from LayerSeparationLib.separation import JointLayers, MarginRows
from LayerSeparationLib.separation.layers import CanonicalSeparation


@pytest.fixture(scope="session")
def make():
    """Return the functions below that fill a scene."""
    return SimpleNamespace(
        host=SceneHost, film=add_film, joint=add_joint, layers=true_layers, line_px=line_px, voxels=voxels
    )


@pytest.fixture
def host(tmp_path, monkeypatch):
    """Return the host of a fresh scene, which is slicer.mrmlScene."""
    host = SceneHost(tmp_path)
    monkeypatch.setattr(slicer, "mrmlScene", host.scene, raising=False)
    yield host
    host.close()


@pytest.fixture
def scene(host):
    """Return a fresh scene."""
    return host.scene


@pytest.fixture(scope="session")
def joint_phantom():
    """Return a phantom MCP joint, a canonical crop."""
    return make_joint("MCP", 20, jsw_mm=1.6)


@pytest.fixture(scope="session")
def hand_phantom():
    """Return a phantom hand on a coarse film."""
    return make_hand(3, spacing_mm=0.2)


@pytest.fixture
def joint_film(scene, joint_phantom):
    """Return the phantom joint as a film in the scene."""
    return Film(add_film(scene, joint_phantom.radiograph.native(), 0.082, "joint"))


@pytest.fixture
def hand_film(scene, hand_phantom):
    """Return the phantom hand as a film in the scene."""
    return Film(add_film(scene, hand_phantom.radiograph.native(), 0.2, "hand"))


@pytest.fixture
def joints(joint_film, joint_phantom):
    """Return the joints of the phantom joint's film: MCP3, separated."""
    joints = SceneJoints(joint_film)
    joint = add_joint(joints, joint_phantom, "MCP3")
    joint.set_layers(true_layers(joint_film, joint.pose, joint_phantom))
    yield joints
    joints.close()


@pytest.fixture
def earlier(scene, joint_phantom):
    """Return an earlier film of the phantom joint, separated: its gap was 0.41 mm wider."""
    return add_earlier_visit(scene, joint_phantom)


@pytest.fixture
def joint(joints):
    """Return the one joint of `joints`."""
    return joints.joints[0]


EARLIER_SHIFT_PX = (9, -6)
"""(x, y): so the hand lay elsewhere on the earlier film."""
EARLIER_GAP_PX = 5
"""So much wider the gap was."""


def add_earlier_visit(scene, phantom, name="earlier"):
    """Put an earlier film of a phantom joint into the scene, with its separated joint MCP3.

    Everything lies `EARLIER_SHIFT_PX` from where it is on the phantom's own film, and the upper bone another
    `EARLIER_GAP_PX` higher. Returns the film; its joint is in the scene.
    """
    x, y = EARLIER_SHIFT_PX

    def shifted(part, up=0):
        return ndimage.shift(part, (y - up, x), order=0, mode="nearest")

    parts = {"soft_tissue": shifted(phantom.soft_tissue), "lower_bone": shifted(phantom.lower_bone)}
    parts["upper_bone"] = shifted(phantom.upper_bone, EARLIER_GAP_PX)
    intensity = 1 - np.exp(-np.sum(list(parts.values()), axis=0) - shifted(phantom.noise))
    pixels = np.round(np.clip(intensity, 0, 1) * 4095).astype(np.uint16)
    film = Film(add_film(scene, pixels, 0.082, name))
    truth = SimpleNamespace(
        **parts,
        pose=replace(phantom.pose, centre_px=tuple(np.add(phantom.pose.centre_px, (x, y)))),
        region=phantom.region,
        upper_silhouette=shifted(phantom.upper_silhouette, EARLIER_GAP_PX),
        lower_silhouette=shifted(phantom.lower_silhouette),
        upper_margin_px=np.add(phantom.upper_margin_px, (x, y - EARLIER_GAP_PX)),
        lower_margin_px=np.add(phantom.lower_margin_px, (x, y)),
    )
    joints = SceneJoints(film)
    joint = add_joint(joints, truth, "MCP3")
    joint.set_layers(true_layers(film, joint.pose, truth))
    joints.close()
    return film


def add_film(scene, pixels, spacing_mm=0.15, name="film", matrix=None, class_name="vtkMRMLScalarVolumeNode"):
    """Put pixels (rows, columns[, channels]) or voxels (slices, rows, columns) into the scene."""
    colour = class_name == "vtkMRMLVectorVolumeNode"
    voxels = pixels[None] if pixels.ndim == (3 if colour else 2) else pixels
    data = vtk.vtkImageData()
    data.SetDimensions(voxels.shape[2], voxels.shape[1], voxels.shape[0])
    flat = np.ascontiguousarray(voxels).reshape(-1, voxels.shape[3]) if colour else voxels.ravel()
    data.GetPointData().SetScalars(numpy_support.numpy_to_vtk(flat, deep=True))
    node = scene.AddNewNodeByClass(class_name, name)
    if matrix is None:
        matrix = np.diag([-spacing_mm, -spacing_mm, 1.0, 1.0])
    ijk_to_ras = vtk.vtkMatrix4x4()
    ijk_to_ras.DeepCopy(np.asarray(matrix, float).ravel().tolist())
    node.SetIJKToRASMatrix(ijk_to_ras)
    node.SetAndObserveImageData(data)
    node.CreateDefaultDisplayNodes()
    return node


def line_px(pose, half_px=40.0):
    """Return the ends (2, 2) of a line along a joint's finger, proximal and distal, in pixels."""
    centre, distal = np.array(pose.centre_px), np.array(pose.distal)
    return np.array([centre - half_px * distal, centre + half_px * distal])


def add_joint(joints, truth, name=None):
    """Mark a phantom's joint."""
    return joints.add(joints.film.to_ras(line_px(truth.pose)), name)


def true_layers(film, pose: JointPose, truth, weights="0" * 64) -> JointLayers:
    """Make layers of a phantom's truth, as if the network had said them."""
    crop = JointCrop(film.radiograph, pose)
    to_region = crop.canonical_to_film.copy()
    to_region[:, 2] -= truth.region.origin_px

    def canonical(image):
        return resample(np.asarray(image, np.float32), to_region, (256, 256), order=1)

    layers = np.maximum(
        [canonical(part) for part in (truth.soft_tissue, truth.upper_bone, truth.lower_bone)], 0
    )
    total = np.maximum(layers.sum(axis=0), 1e-6)
    shares = (layers / total).astype(np.float32)
    shares[0] = 1 - shares[1] - shares[2]
    silhouettes = np.stack([canonical(truth.upper_silhouette), canonical(truth.lower_silhouette)])
    margins = true_margins(crop, truth)
    return JointLayers(
        crop, CanonicalSeparation(crop.canonical_image(), shares, silhouettes, margins), weights
    )


def true_margins(crop, truth) -> MarginRows:
    """Return a phantom's margins on the canonical crop, as if the network had said them."""
    columns = np.arange(256.0)
    rows, ends = [], []
    for line in (truth.upper_margin_px, truth.lower_margin_px):
        points = map_points(crop.film_to_canonical, line)
        x, y = points[np.argsort(points[:, 0])].T
        rows.append(np.interp(columns, x, y))
        ends.append((x[0], x[-1]))
    left, right = max(ends[0][0], ends[1][0]), min(ends[0][1], ends[1][1])
    shared = (columns >= left) & (columns <= right)
    return MarginRows.from_array(
        np.concatenate([rows, np.full((2, 256), 0.5), shared[None]]).astype(np.float32)
    )


def voxels(node):
    """Return a copy of a one-slice volume's voxels, (rows, columns)."""
    data = node.GetImageData()
    columns, rows, _ = data.GetDimensions()
    return (
        numpy_support.vtk_to_numpy(data.GetPointData().GetScalars()).reshape(rows, columns, -1)[..., 0].copy()
    )
