"""Variables printed as a tree: a model (`outline`), a choice of lines (`excerpt`), a module for each output.

`print(x)` gives text, notebooks show HTML, and rich and treescope their own trees. `repr(x)` is one line,
made without a look at the variables.
"""

from .members import printed
from .outline import Facts, Outline, facts_of, grow
from .text import Row, aligned
from .words import bytes_text, name_text, plural, type_text

__all__ = [
    "Facts",
    "Outline",
    "Row",
    "aligned",
    "bytes_text",
    "facts_of",
    "grow",
    "name_text",
    "plural",
    "printed",
    "type_text",
]
