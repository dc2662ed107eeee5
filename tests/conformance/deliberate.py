"""Deliberate differences from TensorFlow: the reason, and which lines change to which."""

from typing import NamedTuple


class Deliberate(NamedTuple):
    """One program's difference.

    Attributes:
      why: the reason, as in docs/semantics.md.
      lines: (TensorFlow's line, scopetrie's line) pairs, in order; None where only one has a line.
    """

    why: str
    lines: list[tuple[str | None, str | None]]


NOT_ALLOWED = "OperatorNotAllowedInGraphError"

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
    "partitioned::parts_made_by_hand": Deliberate(
        "A get_variable that fails leaves nothing behind, not even the first part.",
        [
            (
                "plain raises ValueError: No partitioner was provided, but a partitioned version of the "
                "variable was found: b/part_0. ...",
                "plain -> b:0",
            )
        ],
    ),
    "odd_names::a_failed_op_leaves_its_name": Deliberate(
        "An op that fails leaves its name to the next.",
        [("sum_1:0 sum_2", "sum:0 sum_1")],
    ),
    "variables::as_python_values": Deliberate(
        "Setting an item is refused by the variable itself, which says what to do.",
        [("item assignment -> False", "item assignment -> True")],
    ),
    "variables::made_in_a_cond": Deliberate(
        "A cond that fails leaves its name to the next.",
        [("(2,) [cond/v:0, cond_2/w:0, g:0]", "(2,) [cond/v:0, cond_1/w:0, g:0]")],
    ),
    "scopes::dtype_as_a_string": Deliberate(
        "A scope's dtype is a DType, however it was given.",
        [("float64", "<dtype: 'float64'>")],
    ),
    "tensors::no_truth_and_no_items": Deliberate(
        "TensorFlow's advice is about functions and modes that are not here.",
        [
            (
                f"bool raises {NOT_ALLOWED}: Using a symbolic `tf.Tensor` as a Python `bool` is not...",
                f"bool raises {NOT_ALLOWED}: Using a symbolic `tf.Tensor` as a Python `bool` is not allowed. "
                "Run it in a session, or use tf.cond.",
            ),
            (
                f"list raises {NOT_ALLOWED}: Iterating over a symbolic `tf.Tensor` is not allowed. ...",
                f"list raises {NOT_ALLOWED}: Iterating over a symbolic `tf.Tensor` is not allowed. "
                "Use tf.unstack, or run it in a session.",
            ),
            (
                f"variable raises {NOT_ALLOWED}: ...",
                f"variable raises {NOT_ALLOWED}: Iterating over a symbolic `tf.Tensor` is not allowed. "
                "Use tf.unstack, or run it in a session.",
            ),
        ],
    ),
    "tensors::one_handle_or_two": Deliberate(
        "Tensors and operations are handles made on demand: equal and of equal hash, but not one object.",
        [("True True", "False False"), ("True True", "False False")],
    ),
    "threads::control_dependencies_and_devices": Deliberate(
        "Devices and control dependencies belong to the thread that entered them, as scopes do.",
        [("[op c] '/device:GPU:1'", "[] ''")],
    ),
    "captured::nested_reentry_of_one_manager": Deliberate(
        "Leaving a manager that was entered within itself leads back; TensorFlow stays in its scope.",
        [
            ("['a', 'a/', '', False]", "['a', 'a/', '', False]"),
            ("['a', 'a/', '', False]", "['', '', '', False]"),
        ],
    ),
    "assigning::gathering": Deliberate(
        "Variable.sparse_read and gather_nd read; TensorFlow's fail with an empty AttributeError.",
        [
            ("sparse_read raises AttributeError: ", "sparse_read -> GatherV2_1:0"),
            ("gather_nd raises AttributeError: ", "gather_nd -> GatherNd:0"),
        ],
    ),
    "get_variable::callables_with_arguments": Deliberate(
        "An initializer that returns a plain value decides the shape, as in the notebooks' TensorFlow; it "
        "warns.",
        [
            (
                "wrong shape raises ValueError: Dimension 0 in both shapes must be equal, but are 2 and 3. "
                "Shapes are [2] and [3]. for '{{node i/Assign}} = Assign[T=DT_FLOAT, use_locking=true, "
                "validate_shape=true](i, i/Initializer/initial_value)' with input shapes: [2], [3].",
                "wrong shape -> i:0",
            )
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
    """The expected lines: TensorFlow's, with the deliberate differences applied.

    A line of TensorFlow's that ends in "..." matches the next one with that beginning. A StopIteration here
    means that the recording does not have the line any more.
    """
    difference = DIFFERENT.get(program_id)
    if difference is None:
        return lines
    wanted, at = [], 0
    for theirs, ours in difference.lines:
        if theirs is not None:
            begins = theirs.removesuffix("...")
            where = next(
                i
                for i in range(at, len(lines))
                if lines[i] == theirs or (begins != theirs and lines[i].startswith(begins))
            )
            wanted += lines[at:where]
            at = where + 1
        if ours is not None:
            wanted.append(ours)
    return wanted + lines[at:]
