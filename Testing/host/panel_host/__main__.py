"""Open the module's panel on the host, and save a picture of it.

    python Testing/host/panel_host PICTURE.png [STEPS.py]

STEPS.py is run before the picture is taken; it finds `widget` (the module's), `host` and `slicer`. The exit
code is 1 where an error was swallowed. The picture shows the arrangement, not the looks that Slicer gives it.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULE = HERE.parents[2] / "LayerSeparation" / "LayerSeparation.py"


def main(picture: str, steps: str | None = None) -> int:
    """Return the exit code."""
    sys.path[0] = str(HERE.parent)
    import slicer
    from PySide6 import QtWidgets

    from panel_host.host import PanelHost

    host = PanelHost()
    widget = host.open(MODULE)
    if steps is not None:
        names = {"widget": widget, "host": host, "slicer": slicer}
        exec(compile(Path(steps).read_text(encoding="utf-8"), steps, "exec"), names)
        host.process_events()
    # As high as all of its sections need.
    areas = widget.parent.findChildren(QtWidgets.QScrollArea)
    hidden = sum(area.widget().sizeHint().height() - area.sizeHint().height() for area in areas)
    widget.parent.resize(widget.parent.width, widget.parent.sizeHint().height() + hidden)
    host.process_events()
    saved = widget.parent.grab().save(picture, "PNG")
    host.close()
    errors = host.errors.take() if saved else [f"{picture} could not be written", *host.errors.take()]
    print("\n".join(errors), file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
