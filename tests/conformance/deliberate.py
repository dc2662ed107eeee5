"""Where scopetrie answers otherwise than TensorFlow on purpose: why, and which lines become which."""

from typing import NamedTuple


class Deliberate(NamedTuple):
    """One program's difference.

    Attributes:
      why: the reason, as docs/semantics.md gives it.
      lines: (TensorFlow's line, scopetrie's line) pairs, in order; None where only one says something.
    """

    why: str
    lines: list[tuple[str | None, str | None]]


DIFFERENT = {
    "scopes::constraints": Deliberate(
        "A scope's constraint reaches inner and captured scopes, as v1's documentation has it.",
        [("inner False False", "inner True True"), ("captured False False", "captured True True")],
    ),
    "regularizers::calls": Deliberate(
        "A regularizer runs once for each new variable, and never again when its loss is used.",
        [
            ("2", "1"),
            ("w/Regularizer/penalty:0 2", "w/Regularizer/penalty:0 1"),
            ("add:0 3", "add:0 1"),
            ("mul:0 4", "mul:0 1"),
        ],
    ),
    "regularizers::ops": Deliberate(
        "A regularizer's ops stand under the variable's name only; TensorFlow leaves a trial's at the root.",
        [
            ("  Const Const int32(1,)", None),
            ("  penalty Sum <- s/w/read:0, Const:0 float32()", None),
        ],
    ),
    "get_variable::local_variables_and_the_list_given": Deliberate(
        "get_local_variable does not write into the list that it was given.",
        [("['mine', 'local_variables', 'local_variables']", "['mine']")],
    ),
    "get_variable::after_a_failure": Deliberate(
        "A get_variable that fails leaves nothing behind, so its name is free for the next.",
        [("again -> a_1:0", "again -> a:0"), ("[a_1:0]", "[a:0]")],
    ),
    "variables::arguments_by_position": Deliberate(
        "The third positional argument of Variable is collections, as v1's documentation says.",
        [
            (
                "third raises TypeError: Expected bool for argument 'validate_shape' not ['mine'].",
                "third -> (third:0, [third:0])",
            )
        ],
    ),
    "get_variable::synchronization_and_aggregation": Deliberate(
        "A variable synchronized on reading cannot be trainable, as v1's documentation says.",
        [
            (
                "both -> e:0",
                "both raises ValueError: Synchronization value can be set to "
                "VariableSynchronization.ON_READ only for non-trainable variables. You have specified "
                "trainable=True and synchronization=VariableSynchronization.ON_READ.",
            ),
            ("[a:0, c:0, d:0, e:0]", "[a:0, c:0, d:0]"),
        ],
    ),
    "graph_def::from_a_version_on": Deliberate(
        "as_graph_def(from_version) leaves the older nodes out, as v1's documentation says.",
        [("['a', 'b']", "['b']")],
    ),
}


def expected(program_id, lines):
    """The lines wanted from scopetrie: TensorFlow's, with the deliberate differences put in."""
    difference = DIFFERENT.get(program_id)
    if difference is None:
        return lines
    wanted, at = [], 0
    for theirs, ours in difference.lines:
        if theirs is not None:
            where = lines.index(theirs, at)  # a ValueError here: the recording no longer holds that line
            wanted += lines[at:where]
            at = where + 1
        if ours is not None:
            wanted.append(ours)
    return wanted + lines[at:]
