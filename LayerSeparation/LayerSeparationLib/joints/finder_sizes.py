"""Sizes of what the finder networks look at and answer, in pixels."""

VIEW_PX = 256
"""Edge of what either network looks at."""
HAND_STEP_PX = 4
"""A cell of the hand network's maps, in pixels of its view."""
JOINT_STEP_PX = 2
"""A cell of the joint network's maps, in pixels of its view."""
HAND_LENGTH_PX = 290.0
"""A hand's length in an upright view: its joints then fill three quarters of it."""
FILM_EDGE_PX = 240
"""The longer edge of a film in the hand network's view."""
