"""Exports tensors, runs the model under onnxruntime, and compares with a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scopetrie as tf

# Relative and absolute, by bytes of a float: what arithmetic in another order may give.
TOLERANCES = {2: 2e-2, 4: 1e-4, 8: 1e-9}


class Lacks(Exception):
    """The runtime has no kernel for the element types of a node."""


def runtime(model: Any) -> Any:
    """An onnxruntime session of a model, which ONNX's checker has passed, but where a rank is not known."""
    import onnx
    import onnx_ir
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    proto = onnx_ir.to_proto(model)
    if all(each.shape is not None for each in (*model.graph.inputs, *model.graph.outputs)):
        onnx.checker.check_model(proto, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(
            proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        if "NOT_IMPLEMENTED" in str(error):
            raise Lacks(str(error)) from None
        raise


def exported(
    fetches: Sequence[Any], feeds: Mapping[Any, Any], session: tf.Session, opset: int = 20
) -> tuple[Any, list[Any]]:
    """A model of tensors, whose inputs are the tensors that are fed, and what onnxruntime computes by it."""
    model = tf.onnx.export(
        session.graph,
        {f"out_{at}": each for at, each in enumerate(fetches)},
        feeds={f"in_{at}": each for at, each in enumerate(feeds)},
        values=session,
        opset=opset,
    )
    running = runtime(model)
    taken = {each.name for each in running.get_inputs()}
    arrays = {f"in_{at}": each for at, each in enumerate(feeds.values())}
    return model, running.run(None, {name: each for name, each in arrays.items() if name in taken})


def difference(wanted: Any, found: Any) -> str:
    """What is different between two arrays; "" if nothing is."""
    wanted, found = np.asarray(wanted), np.asarray(found)
    if (wanted.dtype, wanted.shape) != (found.dtype, found.shape):
        return f"{found.dtype}{found.shape} where {wanted.dtype}{wanted.shape} is wanted"
    if wanted.dtype.kind != "f":
        equal = np.array_equal(wanted, found)
    else:
        near = TOLERANCES[wanted.dtype.itemsize]
        equal = np.allclose(found.astype(float), wanted.astype(float), near, near, equal_nan=True)
    return "" if equal else f"{found!r} where {wanted!r} is wanted"


def types_of(model: Any) -> set[str]:
    """The types of a model's nodes, those of its branches and loops included."""
    return {node.op_type for node in model.graph.all_nodes()}


def check(fetches: Sequence[Any], feeds: Mapping[Any, Any], session: tf.Session, opset: int = 20) -> Any:
    """Asserts that a model computes what a session does; returns the model."""
    wanted = session.run(list(fetches), dict(feeds))
    model, found = exported(fetches, feeds, session, opset)
    assert [text for pair in zip(wanted, found, strict=True) if (text := difference(*pair))] == []
    return model
