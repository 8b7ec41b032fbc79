"""Translation of what users read: Slicer's own where there is one, the English text elsewhere."""

try:
    from slicer.i18n import tr
except ImportError:  # the command line, or slicer-core: the MRML library without the application

    def tr(text: str) -> str:
        """Return the text as it is."""
        return text


__all__ = ["tr"]
