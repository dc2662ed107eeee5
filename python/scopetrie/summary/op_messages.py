"""Types of operations as OpDef protocol buffers, as `Operation.op_def` gives them."""

from __future__ import annotations

from typing import Any, Final

from ..graph import Operation
from ..ops.registry import OPS
from .attributes import attributes
from .protos import proto

# What v1 calls stateful otherwise than this package, whose word is about the call of a kernel. An op that
# changes a variable's own memory is not stateful in v1: the variable is.
_STATEFUL: Final = frozenset(
    """
    AllCandidateSampler GuaranteeConst TensorArray TensorArrayGatherV3 TensorArrayV3 VarHandleOp VariableV2
    """.split()
)
_NOT_STATEFUL: Final = frozenset(
    """
    AudioSummaryV2 Fold FoldGrad HistogramSummary IfGrad ImageSummary Map MapGrad MatchingFiles MergeSummary
    PyFuncStateless ReadFile ScalarSummary TensorSummaryV2 WhileGrad
    """.split()
)
# An attribute's type in an OpDef, by Python's.
_TYPES: Final = {bool: "bool", int: "int", float: "float", str: "string", bytes: "string"}


def op_def(op: Operation) -> Any:
    """Returns what is known of operations of a type, as an OpDef.

    Args:
        op: An operation of the type.

    Returns:
        An OpDef with the type's name, whether it has a state, and its inputs and attributes by v1's names.
        Outputs have no names here, and are left out.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.

    >>> import scopetrie as tf
    >>> made = op_def(tf.matmul(tf.zeros([2, 2]), tf.zeros([2, 2])).op)
    >>> made.name, [each.name for each in made.input_arg], made.is_stateful
    ('MatMul', ['a', 'b'], False)
    """
    messages = proto("op_def")
    definition = OPS.get(op.type)
    made = messages.OpDef(name=op.type, is_stateful=op.type in _STATEFUL)
    if definition is None:
        for name in attributes(op):
            if not name.startswith("_"):
                made.attr.add(name=name)
        return made
    changes = any(each.kind == "reference" for each in definition.inputs)
    if definition.stateful and not changes and op.type not in _NOT_STATEFUL:
        made.is_stateful = True
    kinds: dict[str, str] = {}
    for each in definition.inputs:
        argument = made.input_arg.add(name=each.name, is_ref=each.kind == "reference")
        if each.attr is None:
            continue
        kinds[each.attr] = "list(type)" if each.kind == "mixed" else "type"
        setattr(argument, "type_list_attr" if each.kind == "mixed" else "type_attr", each.attr)
    for name, type, _ in definition.attributes:
        kinds[name] = _TYPES.get(type, "")
    for name, kind in kinds.items():
        made.attr.add(name=name, type=kind)
    return made
