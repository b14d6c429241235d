"""The runtime of the emitted projects, imported from where the templates are.

What validates and makes up values there does so here, too: for the mock, for
samples on the page, and for comparisons. Everything heavy is in it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType

from asyncgen.resources import templates_dir

_PACKAGE = "asyncgen_runtime"


def runtime(name: str) -> ModuleType:
    """A module of the runtime, such as `guard` or `mock.fake`."""
    if _PACKAGE not in sys.modules:
        folder = templates_dir() / "package" / "_generated" / "runtime"
        spec = importlib.util.spec_from_file_location(
            _PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None:
            raise ImportError(f"no runtime at {folder}")
        sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{_PACKAGE}.{name}")
