"""v1's numbers for what is not known, or chosen by itself."""

from ..public import v1

AUTOTUNE = -1
AUTOTUNE = v1("data.AUTOTUNE", "data.experimental.AUTOTUNE")(AUTOTUNE)
INFINITE_CARDINALITY = -1
INFINITE_CARDINALITY = v1("data.INFINITE_CARDINALITY", "data.experimental.INFINITE_CARDINALITY")(
    INFINITE_CARDINALITY
)
UNKNOWN_CARDINALITY = -2
UNKNOWN_CARDINALITY = v1("data.UNKNOWN_CARDINALITY", "data.experimental.UNKNOWN_CARDINALITY")(
    UNKNOWN_CARDINALITY
)
