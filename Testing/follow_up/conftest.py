"""Pairs of films of one joint whose layers, and whose change, are known exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib import JointPose, Radiograph, make_joint
from LayerSeparationLib.joints import JointCrop
from LayerSeparationLib.joints.affine import resample
from LayerSeparationLib.measurement import MarginsNotFoundError
from LayerSeparationLib.phantom import FilmSettings
from LayerSeparationLib.separation import JointLayers, MarginRows
from LayerSeparationLib.separation.layers import CanonicalSeparation
from LayerSeparationLib.training.margin_tracer import trace_margins

MM = 0.082


@dataclass(frozen=True)
class Scene:
    """The attenuation of a joint's parts and the silhouettes of its bones, (256, 256) each."""

    soft: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    upper_silhouette: np.ndarray
    lower_silhouette: np.ndarray

    def widened(self, change_mm: float, sideways_px: float = 0.0) -> Scene:
        """Move the upper bone up."""
        shift = (-change_mm / MM, sideways_px)
        return replace(
            self,
            upper=ndimage.shift(self.upper, shift, order=3, mode="nearest"),
            upper_silhouette=ndimage.shift(self.upper_silhouette, shift, order=1, mode="nearest"),
        )

    def posed(self, turn_deg: float, x_px: float, y_px: float, scale: float = 1.0) -> Scene:
        """Lay the hand down anew: everything turns, moves and grows."""
        angle = np.deg2rad(turn_deg)
        back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / scale
        centre = np.array([127.5, 127.5])
        matrix = np.column_stack([back, centre - back @ np.add(centre, (x_px, y_px))])
        return Scene(
            *(resample(part, matrix, (256, 256), order=3) for part in (self.soft, self.upper, self.lower)),
            *(
                resample(part, matrix, (256, 256), 1)
                for part in (self.upper_silhouette, self.lower_silhouette)
            ),
        )

    def film(self, *, seed=0, gamma=1.0, spacing_mm=MM, name="MCP2", side=None) -> JointLayers:
        """Expose the scene and hand out its layers, as a perfect network would find them."""
        total = np.maximum(self.soft + self.upper + self.lower, 1e-4)
        intensity = (1 - np.exp(-total)) ** gamma
        noise = np.random.default_rng(seed).normal(0, 0.006, total.shape)
        image = np.clip(intensity + noise, 0, 0.998).astype(np.float32)
        film = Radiograph.from_array(image, spacing_mm=spacing_mm, name=f"film{seed}")
        pose = JointPose(
            name, (127.5, 127.5), (0, -1), field_of_view_px=None if spacing_mm else 256, side=side
        )
        if spacing_mm:
            pose = replace(pose, field_of_view_mm=256 * spacing_mm)
        shares = np.clip(np.stack([self.soft, self.upper, self.lower]) / total, 0, 1).astype(np.float32)
        silhouettes = np.stack([self.upper_silhouette, self.lower_silhouette]).astype(np.float32)
        margins = _margins_of(self.upper, self.lower, silhouettes)
        canonical = CanonicalSeparation(image, shares, silhouettes, margins)
        return JointLayers(JointCrop(film, pose), canonical, "0" * 64)


def _margins_of(upper, lower, silhouettes) -> MarginRows:
    """Trace the margins in perfect layers, as a perfect network would tell them."""
    try:
        traced = trace_margins(upper, lower, silhouettes)
    except MarginsNotFoundError:
        return MarginRows.none()
    columns = np.arange(256.0)
    rows = [np.interp(columns, line[:, 0], line[:, 1]) for line in (traced.upper, traced.lower)]
    left = max(traced.upper_extent[0], traced.lower_extent[0])
    right = min(traced.upper_extent[1], traced.lower_extent[1])
    shared = (columns >= left) & (columns <= right)
    return MarginRows.from_array(np.stack([*rows, *np.full((2, 256), 0.5), shared]).astype(np.float32))


@pytest.fixture(scope="session")
def scene() -> Scene:
    """A healthy MCP joint without noise."""
    joint = make_joint("MCP", 8, jsw_mm=1.6, film=FilmSettings.clean())
    silhouettes = joint.upper_silhouette.astype(np.float32), joint.lower_silhouette.astype(np.float32)
    return Scene(joint.soft_tissue, joint.upper_bone, joint.lower_bone, *silhouettes)
