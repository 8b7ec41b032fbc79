"""The version of the library and of the extension: one number."""

__version__ = "0.1.0"
