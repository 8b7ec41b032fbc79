"""Slicer's translation of user strings; outside of Slicer texts stay as they are."""

try:
    from slicer.i18n import tr
except ImportError:

    def tr(text: str) -> str:
        """Return the text itself."""
        return text


__all__ = ["tr"]
