"""Where the files that asyncgen ships beside its code are found.

The templates stand at the top of the repository. A wheel carries them inside
the package, as `asyncgen/_templates` (see `force-include` in pyproject.toml); a
checkout or an editable install reads them where they are.
"""

from __future__ import annotations

from pathlib import Path


def templates_dir() -> Path:
    """The folder of the emitted project's templates, from a wheel or from a checkout."""
    package = Path(__file__).resolve().parent
    packed = package / "_templates"
    return packed if packed.is_dir() else package.parent / "templates"
