"""An ONNX exporter: a small residual network, whose weights are a Store and whose nodes are named by Names.

The network is written once, for a kit of layers. One kit writes ONNX nodes, the other one builds a graph
that a Session runs; both find the same variables by the same paths. Run it with
`python examples/onnx_resnet.py`; it needs the package onnx, and compares the two if onnxruntime is there.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import onnx
import scopetrie as st
from onnx import TensorProto, helper, numpy_helper


class OnnxKit:
    """Layers as ONNX nodes: images are `[N, C, H, W]`, and names unique in their scopes."""

    def __init__(self, store: st.Store) -> None:
        self.store = store
        self.names = st.Names()
        self.nodes: list[Any] = []
        self.used: dict[str, Any] = {}

    def scope(self, name: str) -> Any:
        return self.names.scope(name)

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = self.names.unique_name(kind)
        self.nodes.append(helper.make_node(kind, list(inputs), [f"{name}:0"], name=name, **attributes))
        return f"{name}:0"

    def weight(self, variable: Any, axes: tuple[int, ...]) -> str:
        self.used.setdefault(variable.path, np.ascontiguousarray(variable.array.transpose(axes)))
        return str(variable.path)

    def conv(self, x: str, filters: Any, bias: Any, stride: int) -> str:
        weights = self.weight(filters, (3, 2, 0, 1)), self.weight(bias, (0,))
        return self.node("Conv", x, *weights, strides=[stride] * 2, auto_pad="SAME_UPPER")

    def relu(self, x: str) -> str:
        return self.node("Relu", x)

    def add(self, x: str, y: str) -> str:
        return self.node("Add", x, y)

    def mean(self, x: str) -> str:
        return self.node("Flatten", self.node("GlobalAveragePool", x))

    def dense(self, x: str, weights: Any, bias: Any) -> str:
        return self.node("Gemm", x, self.weight(weights, (0, 1)), self.weight(bias, (0,)))

    def model(self, output: str, image: list[int], classes: int) -> Any:
        graph = helper.make_graph(
            self.nodes,
            "resnet",
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", *image])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["N", classes])],
            [numpy_helper.from_array(array, path) for path, array in self.used.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class SessionKit:
    """The same layers as operations of a graph: images are `[N, H, W, C]`."""

    def scope(self, name: str) -> Any:
        return st.name_scope(name)

    def conv(self, x: Any, filters: Any, bias: Any, stride: int) -> Any:
        made = st.nn.conv2d(x, st.constant(filters.array), [1, stride, stride, 1], padding="SAME")
        return made + bias.array

    def relu(self, x: Any) -> Any:
        return st.nn.relu(x)

    def add(self, x: Any, y: Any) -> Any:
        return x + y

    def mean(self, x: Any) -> Any:
        return st.reduce_mean(x, [1, 2])

    def dense(self, x: Any, weights: Any, bias: Any) -> Any:
        return st.matmul(x, st.constant(weights.array)) + bias.array


def conv(kit: Any, store: st.Store, x: Any, sizes: tuple[int, int, int], stride: int = 1) -> Any:
    """A convolution of sizes (window, channels in, channels out), with variables of the current scope."""
    window, inputs, outputs = sizes
    filters = store.get("filters", (window, window, inputs, outputs))
    return kit.conv(x, filters, store.get("bias", (outputs,), initializer="zeros"), stride)


def block(kit: Any, store: st.Store, x: Any, inputs: int, outputs: int, stride: int) -> Any:
    """Two convolutions and what goes around them."""
    with kit.scope("block"):
        with store.scope("first"):
            y = kit.relu(conv(kit, store, x, (3, inputs, outputs), stride))
        with store.scope("second"):
            y = conv(kit, store, y, (3, outputs, outputs))
        if inputs != outputs or stride != 1:
            with store.scope("shortcut"):
                x = conv(kit, store, x, (1, inputs, outputs), stride)
        return kit.relu(kit.add(y, x))


def resnet(kit: Any, store: st.Store, x: Any, widths: tuple[int, ...], classes: int) -> Any:
    """Logits `[N, classes]`; variables are made at the first call, and shared by further ones."""
    with store.scope("resnet", reuse=st.AUTO_REUSE), kit.scope("resnet"):
        with store.scope("stem"):
            x = kit.relu(conv(kit, store, x, (3, 3, widths[0])))
        inputs = widths[0]
        for stage, outputs in enumerate(widths):
            for number in range(2):
                with store.scope(f"stage_{stage}/block_{number}"):
                    stride = 2 if stage and not number else 1
                    x = block(kit, store, x, inputs, outputs, stride)
                    inputs = outputs
        with store.scope("head"):
            weights, bias = store.get("w", (inputs, classes)), store.get("b", (classes,), initializer="zeros")
            return kit.dense(kit.mean(x), weights, bias)


def main() -> None:
    store, widths, classes = st.Store(seed=0), (8, 16, 32), 10
    kit = OnnxKit(store)
    with store.scope("", initializer=st.variance_scaling_initializer(2.0)):
        model = kit.model(resnet(kit, store, "images", widths, classes), [3, 32, 32], classes)
    onnx.checker.check_model(model, full_check=True)
    print(store["resnet"])
    print(f"{len(model.graph.node)} nodes, e.g. {model.graph.node[-4].name}; onnx.checker finds no fault")

    images = np.random.default_rng(0).normal(size=(4, 32, 32, 3)).astype(np.float32)
    with store.audit() as audit, st.Graph().as_default(), st.Session() as session:
        wanted = session.run(resnet(SessionKit(), store, st.constant(images), widths, classes))
    assert audit.made == [], "the second network shares all variables of the first"
    if importlib.util.find_spec("onnxruntime"):
        import onnxruntime

        runtime = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        (found,) = runtime.run(None, {"images": np.ascontiguousarray(images.transpose(0, 3, 1, 2))})
        difference = float(np.abs(found - wanted).max())
        print(f"onnxruntime and Session differ by {difference:.1e}")
        assert difference < 1e-4


if __name__ == "__main__":
    main()
