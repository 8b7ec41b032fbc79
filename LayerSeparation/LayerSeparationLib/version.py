"""The version of the library and of the extension, one number, and where they are kept."""

__version__ = "0.1.0"

PROJECT_ADDRESS = "https://github.com/LayerSeparation/SlicerLayerSeparation"
