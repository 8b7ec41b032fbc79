"""Translation of what users read: Slicer's own where there is one, the English text elsewhere."""

from collections.abc import Callable


def _keep(text: str) -> str:
    """Return the text as it is."""
    return text


tr: Callable[[str], str]
try:
    # Not wrapped: Slicer takes the context of a text from the file that calls the function.
    from slicer.i18n import tr as _translate
except ImportError:  # the command line, or slicer-core: the MRML library without the application
    tr = _keep
else:
    tr = _translate

__all__ = ["tr"]
