"""Runs the panel without 3D Slicer: PySide6 for Qt, slicer-core from PyPI for the MRML scene.

Slicer's own Qt widgets and the Python layer above them are not part of slicer-core. This package has what
the panel uses of them, and raises for everything else: an unknown property, signal or slot is an error here,
while Slicer would go on. What works here has not been run in Slicer; `Testing/slicer` does that.
"""
