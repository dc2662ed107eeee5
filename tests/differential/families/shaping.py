"""Calls of functions that change shapes, cut, join, fill and count up."""

from __future__ import annotations

from collections.abc import Iterator

from differential.draw import ALL, Draw, Json, count
from differential.families.elementwise import Accepts


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in [*ALL, *["float32", "int32"] * 5]:
        for _ in range(5):
            yield from _shapes(draw, dtype)
            yield from _cuts(draw, dtype)
            yield from _joins(draw, dtype)
            yield from _orders(draw, dtype)
        for _ in range(2):
            yield from _fills(draw, dtype)
            yield from _spaces(draw, dtype)
            yield from _sequences(draw, dtype)


def _reshaped(draw: Draw, total: int) -> list[int]:
    if draw.chance() < 0.1:
        return draw.shape(0, 3)
    found = []
    for size in (2, 3, 5, 7):
        while total and total % size == 0:
            found.append(size)
            total //= size
    draw.random.shuffle(found)
    while len(found) > 3:
        found.append(found.pop() * found.pop())
    found += [total] if total == 0 else [1] * draw.int(0, 1)
    if found and draw.chance() < 0.4:
        found[draw.int(0, len(found) - 1)] = -1
    if draw.chance() < 0.05:
        found = [*found, draw.pick([-1, -2, 0])]
    return found


def _shapes(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape()
    rank = len(shape)
    x = draw.tensor(dtype, shape)
    yield ["reshape", [x, draw.ints(_reshaped(draw, count(shape)))], {}]
    yield ["expand_dims", [x, draw.scalar(draw.axis(rank + 1))], {}]
    ones = [1 if draw.chance() < 0.5 else size for size in shape]
    kwargs = {}
    if draw.chance() < 0.6 and ones:
        kwargs["axis"] = [at for at, size in enumerate(ones) if size == 1 and draw.chance() < 0.7]
        if draw.chance() < 0.15:
            kwargs["axis"] = [draw.axis(rank)]
    yield ["squeeze", [draw.tensor(dtype, ones)], kwargs]
    name = draw.pick(["shape", "size", "rank", "shape"])
    yield [name, [x], {"out_type": {"d": "int64"}} if draw.chance() < 0.2 and name != "rank" else {}]
    target = [size if size != 1 else draw.int(0, 3) for size in shape]
    target = [*([2] if draw.chance() < 0.2 else []), *target]
    if draw.chance() < 0.1 and target:
        target[-1] += 1
    yield ["broadcast_to", [x, draw.ints(target)], {}]
    dims = draw.dims(shape) if draw.chance() < 0.85 else draw.shape()
    yield ["ensure_shape", [x, dims], {}]
    perm = draw.random.sample(range(rank), rank)
    if draw.chance() < 0.1 and perm:
        perm[0] = draw.pick([perm[-1], rank, -1])
    yield ["transpose", [x, draw.ints(perm, "int32")] if draw.chance() < 0.7 else [x], {}]
    if rank > 1 or draw.chance() < 0.2:
        yield ["matrix_transpose", [x], {}]


def _cuts(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape()
    rank = len(shape)
    x = draw.tensor(dtype, shape)
    begin = [draw.int(0, size) for size in shape]
    size = [draw.pick([-1, draw.int(0, max(of - at, 0))]) for at, of in zip(begin, shape, strict=True)]
    if draw.chance() < 0.1 and rank:
        draw.pick([begin, size])[0] = draw.pick([-2, 9])
    kind = draw.pick(["int32", "int64"])
    yield ["slice", [x, draw.ints(begin, kind), draw.ints(size, kind)], {}]
    number = draw.int(0, rank) if draw.chance() < 0.95 else rank + 1
    begin, end, strides = [], [], []
    for at in range(number):
        begin.append(draw.int(-4, 4))
        end.append(draw.int(-4, 5))
        strides.append(draw.pick([1, 1, 1, 2, -1, -2, 0 if draw.chance() < 0.1 else 1]))
        if draw.chance() < 0.1:
            begin[at], end[at] = draw.pick([-(2**31), 2**31 - 1]), draw.pick([-(2**31), 2**31 - 1])
    kwargs = {}
    for key in ("begin_mask", "end_mask", "shrink_axis_mask", "new_axis_mask", "ellipsis_mask"):
        if draw.chance() < 0.25 and number:
            kwargs[key] = 1 << draw.int(0, number - 1) if "ellipsis" in key else draw.int(0, 2**number - 1)
    yield ["strided_slice", [x, *(draw.ints(each, "int32") for each in (begin, end, strides))], kwargs]
    axis = draw.axis(rank)
    along = shape[axis] if -rank <= axis < rank else 4
    if draw.chance() < 0.5:
        parts: Json = draw.pick([each for each in (1, 2, 3, 4) if along % each == 0] + [2, 0, -1])
        yield ["split", [x, parts, draw.scalar(axis, "int32")], {}]
    else:
        first = draw.int(0, along)
        sizes = [first, along - first] + ([1] if draw.chance() < 0.07 else [])
        if draw.chance() < 0.3:
            sizes[draw.int(0, len(sizes) - 1)] = draw.pick([-1, -1, -2])
        kwargs = {"num": len(sizes)} if draw.chance() < 0.3 else {}
        yield ["split", [x, draw.ints(sizes, plain=0.8), draw.scalar(axis, "int32")], kwargs]
    kwargs = {"axis": axis} if draw.chance() < 0.7 else {}
    if draw.chance() < 0.5:
        kwargs["num"] = along + (1 if draw.chance() < 0.1 else 0)
    yield ["unstack", [x], kwargs]


def _joins(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape()
    rank = len(shape)
    axis = draw.axis(rank)
    tensors = []
    for _ in range(draw.int(1, 3)):
        own = list(shape)
        if -rank <= axis < rank:
            own[axis] = draw.int(0, 3)
        if draw.chance() < 0.04:
            own = draw.shape()
        tensors.append(draw.tensor(dtype, own))
    yield ["concat", [tensors, draw.scalar(axis, "int32")], {}]
    same = [
        draw.tensor(dtype, shape if draw.chance() < 0.97 else draw.shape()) for _ in range(draw.int(1, 3))
    ]
    yield ["stack", [same], {"axis": draw.axis(rank + 1)} if draw.chance() < 0.6 else {}]
    if shape and draw.chance() < 0.3:
        yield ["parallel_stack", [[draw.tensor(dtype, shape, fed=0) for _ in range(2)]], {}]
    x = draw.tensor(dtype, shape)
    multiples = [draw.int(0, 2) if draw.chance() < 0.95 else -1 for _ in shape]
    yield ["tile", [x, draw.ints(multiples)], {}]
    paddings = [[draw.int(0, 2), draw.int(0, 2)] for _ in shape]
    if draw.chance() < 0.07 and paddings:
        paddings[0][0] = draw.pick([-1, 5])
    given: Json = paddings
    if draw.chance() < 0.5:
        given = draw.tensor(
            draw.pick(["int32", "int64"]), [rank, 2], values=[at for pair in paddings for at in pair]
        )
    kwargs = (
        {} if draw.chance() < 0.5 else {"mode": draw.pick(["CONSTANT", "REFLECT", "SYMMETRIC", "reflect"])}
    )
    if not kwargs and draw.chance() < 0.4:
        kwargs["constant_values"] = draw.pick([0, 1, 2])
    yield ["pad", [x, given], kwargs]
    how = draw.axis(rank)
    length = shape[how] if -rank <= how < rank else 1
    repeats: Json = (
        draw.int(0, 3) if draw.chance() < 0.5 else draw.ints([draw.int(0, 2) for _ in range(length)])
    )
    yield ["repeat", [x, repeats], {"axis": how} if draw.chance() < 0.7 else {}]


def _orders(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape()
    rank = len(shape)
    x = draw.tensor(dtype, shape)
    axes = [at - rank if draw.chance() < 0.3 else at for at in range(rank) if draw.chance() < 0.5]
    if draw.chance() < 0.1:
        axes.append(draw.axis(rank, 0.5))
    yield ["reverse", [x, draw.ints(axes)], {}]
    number = draw.int(0, 2)
    shift = [draw.pick([draw.int(-5, 5), 100, 0]) for _ in range(number)]
    along = [draw.axis(rank) for _ in range(number)]
    if number == 1 and draw.chance() < 0.5:
        yield ["roll", [x, draw.scalar(shift[0]), draw.scalar(along[0])], {}]
    else:
        yield ["roll", [x, draw.ints(shift), draw.ints(along)], {}]
    if rank > 1:
        sequence, batch = draw.random.sample(range(rank), 2)
        if draw.chance() < 0.06:
            batch = sequence
        lengths = [draw.int(0, shape[sequence]) for _ in range(shape[batch])]
        if draw.chance() < 0.1 and lengths:
            lengths[0] = draw.pick([-1, 9])
        given = draw.tensor(draw.pick(["int32", "int64"]), [len(lengths)], values=lengths)
        yield ["reverse_sequence", [x, given], {"seq_axis": sequence, "batch_axis": batch}]
    if draw.chance() < 0.4:
        tensors = [draw.tensor(dtype, draw.shape(0, 1)) for _ in range(draw.int(1, 3))]
        yield ["meshgrid", tensors, {"indexing": draw.pick(["ij", "xy"])}]


def _fills(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape()
    given = draw.ints(shape if draw.chance() < 0.95 else [-1, *shape])
    yield ["fill", [given, draw.tensor(dtype, [] if draw.chance() < 0.95 else [1])], {}]
    yield [draw.pick(["zeros", "ones"]), [given], {"dtype": {"d": dtype}}]
    x = draw.tensor(dtype, draw.shape(), "mixed")
    yield [draw.pick(["zeros_like", "ones_like"]), [x], {"dtype": {"d": draw.pick(ALL)}}]
    kwargs: Json = {"dtype": {"d": dtype}}
    if draw.chance() < 0.6:
        kwargs["num_columns"] = draw.int(0, 3)
    if draw.chance() < 0.3:
        kwargs["batch_shape"] = draw.shape(0, 2)
    yield ["eye", [draw.scalar(draw.int(0, 3), "int32", 0.8)], kwargs]
    how = draw.int(1, 3)
    numbers = [
        draw.tensor(dtype, [], draw.pick(["plain", "nonzero", "plain", "mixed"]), fed=0.2) for _ in range(how)
    ]
    if dtype not in ("int64", "uint64", "uint32") or draw.chance() < 0.7:
        yield ["range", [_small(each, dtype) for each in numbers], {}]
    # What is asked for is small: TensorFlow would try to make as many as it takes.
    start, stop = draw.tensor(dtype, [], "plain"), draw.tensor(dtype, [], "plain")
    number = draw.pick([1, 2, 3, 5, 5, 0, -1])
    yield [draw.pick(["linspace", "lin_space"]), [start, stop, draw.scalar(number, "int32")], {}]
    shape = draw.shape(0, 1)
    start, stop = draw.tensor(dtype, shape), draw.tensor(dtype, shape)
    yield ["linspace", [start, stop, draw.scalar(number, "int32")], {"axis": draw.axis(len(shape) + 1)}]


def _small(tensor: Json, dtype: str) -> Json:
    ((_, what),) = tensor.items()
    what[2] = [draw_back(each) for each in what[2]]
    return tensor


def draw_back(number: Json) -> Json:
    """The number, or 1 where a range from, to or by it would be long."""
    if isinstance(number, (int, float)) and (abs(number) > 50 or 0 < abs(number) < 0.01):
        return 1
    return number


def _spaces(draw: Draw, dtype: str) -> Iterator[Json]:
    block = draw.pick([2, 2, 2, 3, 1, 0, -1])
    deep = [draw.int(0, 2), draw.int(1, 2), draw.int(1, 2), 4 * draw.int(1, 2)]
    wide = [draw.int(0, 2), draw.pick([2, 4, 3]), 2, draw.int(1, 2)]
    kwargs = {} if draw.chance() < 0.8 else {"data_format": draw.pick(["NHWC", "NCHW"])}
    yield ["depth_to_space", [draw.tensor(dtype, deep), block], kwargs]
    yield ["space_to_depth", [draw.tensor(dtype, wide), block], kwargs]
    paddings = [[draw.int(0, 1), draw.int(0, 1)] for _ in range(2)]
    yield ["space_to_batch", [draw.tensor(dtype, wide), paddings, block], {}]
    yield ["batch_to_space", [draw.tensor(dtype, [4 * draw.int(1, 2), 2, 1, 2]), paddings, block], {}]
    one = draw.pick([1, 2, 2, 3, 0, -1])
    shape = [draw.int(0, 2) * max(one, 1), draw.pick([2, 4, 3]), 2][: draw.int(2, 3)]
    yield [
        "space_to_batch_nd",
        [draw.tensor(dtype, shape), draw.ints([one]), [[draw.int(0, 1), draw.int(0, 2)]]],
        {},
    ]
    yield [
        "batch_to_space_nd",
        [draw.tensor(dtype, shape), draw.ints([one]), [[draw.int(0, 1), draw.int(0, 2)]]],
        {},
    ]
    image = [draw.int(0, 2), draw.int(1, 4), draw.int(1, 4), draw.int(1, 2)]
    kernel, strides, rates = ([1, draw.int(1, 2), draw.int(1, 2), 1] for _ in range(3))
    padding = draw.pick(["SAME", "VALID"])
    yield ["extract_image_patches", [draw.tensor(dtype, image), kernel, strides, rates, padding], {}]


def _sequences(draw: Draw, dtype: str) -> Iterator[Json]:
    x, y = draw.shape(), draw.shape()
    yield [
        "broadcast_dynamic_shape",
        [draw.ints(x, "int32", 0), draw.ints(draw.broadcasting(x), "int32", 0)],
        {},
    ]
    yield ["broadcast_dynamic_shape", [draw.ints(x, "int64", 0), draw.ints(y, "int64", 0)], {}]
    tensors = [draw.tensor(dtype, draw.shape()) for _ in range(draw.int(1, 2))]
    yield ["shape_n", [tensors], {}]
    yield ["placeholder_with_default", [draw.tensor(dtype, x, fed=0), draw.dims(x)], {}]
    held = {"n": [dtype, x, draw.values(dtype, count(x), "mixed")]}
    yield ["constant", [held], {}]
    yield ["constant", [held], {"dtype": {"d": draw.pick(ALL)}}]
    yield ["constant", [draw.pick([1, 1.5, True, [1, 2], [[1.0], [2.0]], [], "a"])], {"dtype": {"d": dtype}}]
    yield ["constant", [draw.pick([1, 2.5])], {"shape": draw.shape(0, 2)}]
    yield ["convert_to_tensor", [held], {}]
    yield ["random_uniform", [draw.ints(x), 0, 5], {"dtype": {"d": dtype}}, "shape"]
    yield [draw.pick(["random_normal", "truncated_normal"]), [draw.ints(x)], {"dtype": {"d": dtype}}, "shape"]
    yield ["random_shuffle", [draw.tensor(dtype, x)], {}, "shape"]
    yield ["random_crop", [draw.tensor(dtype, x), [draw.int(0, size) for size in x]], {}, "shape"]
    logits = draw.tensor(dtype, [draw.int(0, 2), draw.int(1, 3)])
    yield ["multinomial", [logits, draw.scalar(draw.int(0, 3), "int32")], {}, "shape"]
