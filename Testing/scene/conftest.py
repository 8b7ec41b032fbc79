"""Tests on a real MRML scene."""

from scene_fixtures import (  # noqa: F401
    earlier,
    hand_film,
    hand_phantom,
    host,
    joint,
    joint_film,
    joint_phantom,
    joints,
    make,
    scene,
)
