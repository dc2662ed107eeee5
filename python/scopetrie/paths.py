"""Where the installed package keeps what C++ projects build against."""

from __future__ import annotations

import sys
from pathlib import Path

from .public import v1


def _installed(folder: str) -> str:
    # An editable install lies in two places, the checkout and site-packages; __path__ has both.
    for place in sys.modules[__package__].__path__:
        found = Path(place, folder)
        if found.is_dir():
            return str(found)
    raise FileNotFoundError(
        f"This copy of scopetrie has no folder {folder!r}: it is a source tree, not an installed package. "
        "Install it with `python -m pip install .` first."
    )


@v1("get_include")
def get_include() -> str:
    """Returns the folder of the public C++ headers, for a compiler's ``-I``.

    Returns:
        The folder that holds ``scopetrie/*.hpp``.

    Raises:
        FileNotFoundError: If the package runs from a source tree that was not installed.
    """
    return _installed("include")


@v1("get_cmake_dir")
def get_cmake_dir() -> str:
    """Returns the folder of the CMake package, for ``cmake -Dscopetrie_DIR=...``.

    The package defines the target ``scopetrie::core``::

        find_package(scopetrie REQUIRED)
        target_link_libraries(mine PRIVATE scopetrie::core)

    Returns:
        The folder that holds ``scopetrieConfig.cmake``.

    Raises:
        FileNotFoundError: If the package runs from a source tree that was not installed.
    """
    return _installed("cmake")
