"""PyTorch's shared libraries, loaded in a thread without the others having to wait."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

_LIBRARIES = (("torch_global_deps", "RTLD_GLOBAL"), ("torch", "RTLD_LOCAL"))
"""Loaded in this order, as PyTorch does it, by the modes of ``dlopen``; others come with them."""


def load_torch_libraries() -> None:
    """Load the shared libraries that ``import torch`` needs, hundreds of MB, and let other threads go on.

    An import holds Python's lock while the system loads a library, so that a window would stand still. Here
    the system is called without the lock; the import then finds the libraries loaded. What fails here is
    left to the import, which says what is wrong. On Windows PyTorch does it like this by itself.
    """
    if "torch" in sys.modules or sys.platform == "win32":
        return
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return
    # `ctypes.CDLL` itself keeps the lock; functions that it finds give it away.
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    suffix = "dylib" if sys.platform == "darwin" else "so"
    for name, mode in _LIBRARIES:
        library = Path(spec.origin).parent / "lib" / f"lib{name}.{suffix}"
        if library.is_file() and not dlopen(os.fsencode(library), os.RTLD_NOW | getattr(os, mode)):
            return
