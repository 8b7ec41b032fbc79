"""Settings of the documentation site: ``make docs`` builds it into Docs/_build without the network."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.ext.napoleon.docstring import NumpyDocstring

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent / "LayerSeparation"), str(DOCS)]

from LayerSeparationLib.version import __version__  # noqa: E402

project = "LayerSeparation"
author = copyright = "The LayerSeparation contributors"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinxcontrib.autoprogram",
    "room_picture",
    "schema_tables",
]
exclude_patterns = ["_build"]
smartquotes = False  # they make dashes of the options of commands
html_theme = "furo"
html_title = f"LayerSeparation {__version__}"
html_logo = "../Resources/LayerSeparation.png"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Docstrings are numpy's dialect; types stand in the signatures.
napoleon_google_docstring = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": False}
autodoc_mock_imports = ["slicer", "vtk", "qt", "ctk"]
# A single backtick in a docstring marks a name.
default_role = "code"


def _keep_colons(docstring: NumpyDocstring) -> list[str]:
    """Return the text under a field as it is: napoleon takes what stands before a colon for a type."""
    return list(docstring._lines)


NumpyDocstring._parse_attribute_docstring = _keep_colons
