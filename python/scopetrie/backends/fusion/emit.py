"""CUDA C++ of the kernels of a schedule.

The source depends on what is computed, not on sizes, which are arguments: it is compiled once for all of
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from .expressions import EXPRESSIONS
from .places import Place, kernel_size, places_of
from .prelude import prelude
from .rows import Rows, source_of
from .schedule import Kernel
from .trace import Node
from .types import TYPES, ctype, literal

BLOCK: Final = 256
# Elements that a block of a kernel of many arrays takes.
CHUNK: Final = 8 * BLOCK
# Bytes of arguments that a kernel takes on every device.
_ARGUMENTS: Final = 4000


class Emitted(NamedTuple):
    """The source of a kernel.

    Attributes:
        name: The function's name.
        source: The whole source.
        dims: The sizes of the dimensions that it goes along; one for arrays in one piece.
        places: How it finds what it loads.
    """

    name: str
    source: str
    dims: tuple[int, ...]
    places: list[Place]


# The computation of one element ----------------------------------------------------------------------------


def _statements(kernel: Kernel) -> tuple[list[str], dict[Node, str]]:
    names = {node: f"a{at}" for at, node in enumerate(kernel.loads)}
    lines: list[str] = []
    for node in kernel.nodes:
        if node.kind == "const":
            names[node] = literal(node.value, node.dtype)
            continue
        names[node] = f"v{len(lines)}"
        lines.append(f"  const {ctype(node.dtype).value} {names[node]} = {_expression(node, names)};")
    return lines, names


def _expression(node: Node, names: Mapping[Node, str]) -> str:
    given = [names[each] for each in node.inputs]
    type_ = ctype(node.dtype)
    if node.kind == "cast":
        return _cast(given[0], node.inputs[0].dtype, node.dtype)
    loop = ctype(node.inputs[-1].dtype)
    is_double = loop.stored == "double"
    text = EXPRESSIONS[node.name][loop.kind].format(
        *given, T=loop.value, U=loop.unsigned, f="" if is_double else "f", d="d" if is_double else "f"
    )
    exact = node.name in ("where", "maximum", "minimum", "negative", "abs", "positive", "sign")
    return text if exact else type_.rounded.format(text)


def _cast(text: str, source: np.dtype[Any], target: np.dtype[Any]) -> str:
    one, other = ctype(source), ctype(target)
    if other.kind == "b":
        return f"{text} != 0"
    if other.value == "float" and other.stored != "float":
        if one.stored == "double" and target.name == "float16":
            return f"double_as_half({text})"
        return other.rounded.format(f"(float){text}")
    return text if one.value == other.value else f"({other.value}){text}"


def _compute(kernel: Kernel, name: str = "compute") -> list[str]:
    """The function of one element."""
    lines, names = _statements(kernel)
    given = [f"const {ctype(node.dtype).value} a{at}" for at, node in enumerate(kernel.loads)]
    for at, root in enumerate(kernel.roots):
        kind = "bool" if root.kind == "fault" else ctype(root.node.dtype).value
        given.append(f"{kind}& r{at}")
        lines.append(f"  r{at} = {names[root.node]};")
    return [f"__device__ __forceinline__ void {name}({', '.join(given)}) {{", *lines, "}"]


def _stores(kernel: Kernel, at: str, prefix: str = "") -> list[str]:
    lines = []
    for number, root in enumerate(kernel.roots):
        if root.kind == "fault":
            lines.append(f"if (r{number}) {prefix}y{number}[0] = true;")
        else:
            stored = ctype(root.node.dtype).store.format(f"r{number}")
            lines.append(f"{prefix}y{number}[{at}] = {stored};")
    return lines


def _declared(kernel: Kernel) -> list[str]:
    return [
        f"{'bool' if root.kind == 'fault' else ctype(root.node.dtype).value} r{at};"
        for at, root in enumerate(kernel.roots)
    ]


def _call(
    kernel: Kernel, places: Sequence[Place], at: str, prefix: str = "", function: str = "compute"
) -> str:
    """The call of the function of one element."""
    given = []
    for number, (node, place) in enumerate(zip(kernel.loads, places, strict=True)):
        if place.kind == "number":
            text = f"{prefix}x{number}"
        elif place.kind == "scalar":
            text = f"{prefix}x{number}[0]"
        elif place.kind == "same":
            text = f"{prefix}x{number}[{at}]"
        else:
            text = f"x{number}[{_offset(number, place)}]"
        given.append(ctype(node.dtype).load.format(text))
    given += [f"r{at}" for at in range(len(kernel.roots))]
    return f"{function}({', '.join(given)});"


def _offset(number: int, place: Place) -> str:
    terms = []
    for axis, step in enumerate(place.strides):
        if step == 1:
            terms.append(f"i{axis}")
        elif step:
            terms.append(f"i{axis} * s{number}_{axis}")
    return " + ".join(terms)


# What comes after all else ----------------------------------------------------------------------------------


class Tail(NamedTuple):
    """Updates of single elements, by the last block that is done: then all blocks have read what they were.

    Attributes:
        functions: The functions that compute them.
        arguments: What the kernel takes more.
        body: What it does at its end.
    """

    functions: list[str]
    arguments: list[str]
    body: list[str]


def tail_of(kernels: Sequence[Kernel]) -> Tail:
    """Returns the end of a kernel that does the work of kernels of one element each.

    Args:
        kernels: They read and write variables of one element, and read none that another of them writes.
    """
    tail = Tail([], [], [])
    if not kernels:
        return tail
    for number, kernel in enumerate(kernels):
        _, places = places_of(kernel, {})
        prefix, function = f"t{number}", f"compute_t{number}"
        tail.functions.extend(_compute(kernel, function))
        for at, (node, place) in enumerate(zip(kernel.loads, places, strict=True)):
            star = "" if place.kind == "number" else "*"
            tail.arguments.append(f"const {ctype(node.dtype).stored}{star} {prefix}x{at}")
        for at, root in enumerate(kernel.roots):
            tail.arguments.append(f"{ctype(root.node.dtype).stored}* {prefix}y{at}")
        lines = [*_declared(kernel), _call(kernel, places, "0", prefix, function)]
        tail.body.append(f"    {{ {' '.join([*lines, *_stores(kernel, '0', prefix)])} }}")
    tail.arguments.append("unsigned int* arrived")
    # The last thread of the last block: it comes after all threads of its block have.
    tail.body[:0] = [
        "  __syncthreads();",
        "  if (threadIdx.x != blockDim.x - 1) return;",
        "  __threadfence();",
        "  if (atomicAdd(arrived, 1u) == gridDim.x - 1) {",
        "    arrived[0] = 0;",
    ]
    tail.body.append("  }")
    return tail


# Kernels ----------------------------------------------------------------------------------------------------


def _arguments(kernel: Kernel, places: Sequence[Place], has_tail: bool) -> list[str]:
    in_place = has_tail or any(root.kind == "cell" for root in kernel.roots)
    lone = "" if in_place else " __restrict__"
    given = []
    for number, (node, place) in enumerate(zip(kernel.loads, places, strict=True)):
        stored = ctype(node.dtype).stored
        given.append(
            f"const {stored} x{number}" if place.kind == "number" else f"const {stored}*{lone} x{number}"
        )
    for number, root in enumerate(kernel.roots):
        stored = "bool" if root.kind == "fault" else ctype(root.node.dtype).stored
        given.append(f"{stored}*{lone} y{number}")
    return given


def width_of(kernel: Kernel) -> int:
    """Returns how many elements a thread takes at a time: 16 bytes of the widest type."""
    sizes = [root.node.dtype.itemsize for root in kernel.roots if root.kind != "fault"]
    sizes += [node.dtype.itemsize for node in kernel.loads if node.name != "number" and node.size != 1]
    return 16 // max(sizes, default=16)


def emit(
    kernel: Kernel, strides: Mapping[Node, tuple[int, ...] | None], last: Sequence[Kernel] = ()
) -> Emitted:
    """Returns the source of a kernel.

    Args:
        kernel: The kernel.
        strides: For what it loads and is not in one piece, the strides in elements.
        last: Kernels of one element each, whose work it does when all else is done; see `tail_of`.
    """
    tail = tail_of(last)
    dims, places = places_of(kernel, strides)
    if all(each.kind != "strided" for each in places):
        given = ["const {index} n", *_arguments(kernel, places, bool(last))]
        body = _flat(kernel, places)
    else:
        sizes = [f"const {{index}} d{axis}" for axis in range(1, len(dims))]
        steps = [
            f"const {{index}} s{number}_{axis}"
            for number, place in enumerate(places)
            for axis, step in enumerate(place.strides)
            if step not in (0, 1)
        ]
        given = ["const {index} n", *sizes, *steps, *_arguments(kernel, places, bool(last))]
        body = _strided(kernel, places, len(dims))
    # 64-bit indices cost, and are only for what needs them.
    reach = max([kernel_size(kernel.shape), *(_reach(dims, place) for place in places)])
    index = "int" if reach < 1 << 30 else "long long"
    return _whole(kernel, given, body, index, dims, places, tail)


def _reach(dims: Sequence[int], place: Place) -> int:
    return sum(abs(step) * size for size, step in zip(dims, place.strides, strict=False))


def _whole(
    kernel: Kernel,
    arguments: Sequence[str],
    body: list[str],
    index: str,
    dims: tuple[int, ...],
    places: list[Place],
    tail: Tail,
    before: Sequence[str] = (),
) -> Emitted:
    given = ", ".join([*arguments, *tail.arguments])
    lines = [
        *before,
        *_compute(kernel),
        *tail.functions,
        f'extern "C" __global__ void __launch_bounds__({BLOCK}) KERNEL({given}) {{',
        *body,
        *tail.body,
        "}",
    ]
    return _named("\n".join(lines).replace("{index}", index), dims, places)


def _named(text: str, dims: tuple[int, ...], places: list[Place]) -> Emitted:
    functions = prelude(text)
    if functions:
        text = f"{functions}\n{text}"
    name = f"fused_{abs(_hash(text)):016x}"
    return Emitted(name, text.replace("KERNEL", name) + "\n", dims, places)


def _hash(text: str) -> int:
    import hashlib

    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def emit_rows(rows: Rows) -> Emitted:
    """Returns the source of a kernel whose blocks take a row each."""
    given, body = source_of(rows, _expression)
    text = "\n".join(
        [
            f'extern "C" __global__ void __launch_bounds__({BLOCK}) KERNEL({", ".join(given)}) {{',
            *body,
            "}",
        ]
    )
    return _named(text, (), [])


_FIRST: Final = "({index})blockIdx.x * blockDim.x + threadIdx.x"
_ALL: Final = "({index})gridDim.x * blockDim.x"


def _flat(kernel: Kernel, places: Sequence[Place]) -> list[str]:
    width = width_of(kernel)
    declared = " ".join(_declared(kernel))
    one = [
        f"    {declared}",
        f"    {_call(kernel, places, 'i')}",
        *(f"    {each}" for each in _stores(kernel, "i")),
        "  }",
    ]
    if width == 1 or any(root.kind == "fault" for root in kernel.roots):
        return [f"  for ({{index}} i = {_FIRST}; i < n; i += {_ALL}) {{", *one]
    return [
        *_vectors(kernel, places, width),
        f"  for ({{index}} i = done + {_FIRST}; i < n; i += {_ALL}) {{",
        *one,
    ]


def _vectors(kernel: Kernel, places: Sequence[Place], width: int) -> list[str]:
    """The loop over 16 bytes at a time, where all arrays begin at a multiple of 16."""
    streams = [
        (f"x{number}", node.dtype.name)
        for number, (node, place) in enumerate(zip(kernel.loads, places, strict=True))
        if place.kind == "same"
    ]
    outs = [(f"y{number}", root.node.dtype.name) for number, root in enumerate(kernel.roots)]
    pointers = " | ".join(f"(unsigned long long){name}" for name, _ in streams + outs)
    lines = [
        f"  const bool aligned = (({pointers}) & 15) == 0;",
        f"  const {{index}} done = aligned ? n / {width} * {width} : 0;",
        f"  for ({{index}} j = {_FIRST}; j < done / {width}; j += {_ALL}) {{",
    ]
    for name, dtype in streams:
        pack = _pack(dtype, width)
        lines.append(f"    const {pack} p{name} = reinterpret_cast<const {pack}*>({name})[j];")
    lines += [f"    {_pack(dtype, width)} p{name};" for name, dtype in outs]
    call = _call(kernel, places, "k")
    stores = " ".join(_stores(kernel, "k", ""))
    for name, _ in streams:
        call = call.replace(f"{name}[k]", f"p{name}.at[k]")
    for name, _ in outs:
        stores = stores.replace(f"{name}[k]", f"p{name}.at[k]")
    lines += [
        "#pragma unroll",
        f"    for (int k = 0; k < {width}; ++k) {{ {' '.join(_declared(kernel))} {call} {stores} }}",
        *(f"    reinterpret_cast<{_pack(dtype, width)}*>({name})[j] = p{name};" for name, dtype in outs),
        "  }",
    ]
    return lines


def _pack(dtype: str, width: int) -> str:
    return f"Pack<{TYPES[dtype].stored}, {width}>"


def _strided(kernel: Kernel, places: Sequence[Place], rank: int) -> list[str]:
    used = {axis for place in places for axis, step in enumerate(place.strides) if step}
    lines = [f"  for ({{index}} i = {_FIRST}; i < n; i += {_ALL}) {{"]
    rest = "i"
    for axis in range(rank - 1, 0, -1):
        if axis in used:
            lines.append(f"    const {{index}} i{axis} = {rest} % d{axis};")
        if any(each < axis for each in used):
            lines.append(f"    const {{index}} q{axis} = {rest} / d{axis};")
            rest = f"q{axis}"
    if 0 in used:
        lines.append(f"    const {{index}} i0 = {rest};")
    return [
        *lines,
        f"    {' '.join(_declared(kernel))}",
        f"    {_call(kernel, places, 'i')}",
        *(f"    {each}" for each in _stores(kernel, "i")),
        "  }",
    ]


def most_together(kernel: Kernel) -> int:
    """Returns how many kernels of this structure go into one launch."""
    own = sum(node.name != "number" for node in kernel.loads) + len(kernel.roots)
    return max(1, _ARGUMENTS // (8 * own + 16) - 1)


def emit_together(kernel: Kernel, places: list[Place], count: int, last: Sequence[Kernel] = ()) -> Emitted:
    """Returns the source of a kernel that does the work of several of one structure, whose sizes differ.

    Args:
        kernel: One of them.
        places: How it finds what it loads; nothing is strided.
        count: How many there are.
        last: What `emit` takes.
    """
    members = [f"  int first[{count + 1}];", f"  long long size[{count}];"]
    names = []
    for number, (node, place) in enumerate(zip(kernel.loads, places, strict=True)):
        stored = ctype(node.dtype).stored
        star = "" if place.kind == "number" else "*"
        members.append(f"  {'' if not star else 'const '}{stored}{star} x{number}[{count}];")
        names.append((f"x{number}", f"const {stored}{star}"))
    for number, root in enumerate(kernel.roots):
        stored = ctype(root.node.dtype).stored
        members.append(f"  {stored}* y{number}[{count}];")
        names.append((f"y{number}", f"{stored}*"))
    body = [
        "  const int block = blockIdx.x;",
        f"  int low = 0, high = {count};",
        "  while (high - low > 1) {",
        "    const int middle = (low + high) / 2;",
        "    if (block < all.first[middle]) high = middle; else low = middle;",
        "  }",
        *(f"  {kind} {name} = all.{name}[low];" for name, kind in names),
        f"  const long long begin = (long long)(block - all.first[low]) * {CHUNK};",
        f"  const long long end = begin + {CHUNK} < all.size[low] ? begin + {CHUNK} : all.size[low];",
        "  for (long long i = begin + threadIdx.x; i < end; i += blockDim.x) {",
        f"    {' '.join(_declared(kernel))}",
        f"    {_call(kernel, places, 'i')}",
        *(f"    {each}" for each in _stores(kernel, "i")),
        "  }",
    ]
    arguments = ["const __grid_constant__ Arrays all"]
    before = ["struct Arrays {", *members, "};"]
    return _whole(kernel, arguments, body, "long long", (), places, tail_of(last), before)
