"""Gradients of products over chosen dimensions."""

from __future__ import annotations

from string import ascii_letters

from ...graph import Operation, Tensor
from ...ops.array.fill import ones
from ...ops.array.shape import shape
from ...ops.linalg.contraction import einsum, einsum_terms
from ...ops.linalg.diag import eye
from ..broadcasting import summed_to
from ..declare import attributes, gradient
from ..elementwise.arithmetic import conjugate


@gradient("Einsum")
def _einsum(op: Operation, grad: Tensor) -> list[Tensor | None]:
    inputs = op.inputs
    terms, out = _spelled(op, *einsum_terms(attributes(op)["equation"], len(inputs)))
    made: list[Tensor | None] = []
    for at, (x, term) in enumerate(zip(inputs, terms, strict=True)):
        others = [each for i, each in enumerate(terms) if i != at]
        found = set(out).union(*others)
        kept = "".join(dict.fromkeys(each for each in term if each in found))
        rest = [conjugate(each) for i, each in enumerate(inputs) if i != at]
        part = einsum(f"{','.join([out, *others])}->{kept}", grad, *rest)
        if kept != term:
            part = _filled_out(part, kept, term, x)
        dims = x._dims
        same = dims is not None and None not in dims and dims == part._dims
        made.append(part if same else summed_to(part, x))
    return made


def _spelled(op: Operation, terms: list[str], out: str) -> tuple[list[str], str]:
    """Terms in which letters stand for the dimensions of an ellipsis."""
    if not any("..." in each for each in terms):
        return terms, out
    free = [each for each in ascii_letters if each not in "".join([*terms, out])]
    counts = []
    for x, term in zip(op.inputs, terms, strict=True):
        if x._dims is None:
            raise ValueError(f"Einsum gradient of {op.name}: with an ellipsis, the ranks must be known")
        counts.append(len(x._dims) - len(term.replace("...", "")) if "..." in term else 0)
    letters = "".join(free[: max(counts)])
    spelled = [
        term.replace("...", letters[len(letters) - count :])
        for term, count in zip(terms, counts, strict=True)
    ]
    return spelled, out.replace("...", letters)


def _filled_out(part: Tensor, kept: str, term: str, like: Tensor) -> Tensor:
    """A gradient with the dimensions that were summed alone, and with diagonals put back."""
    free = iter(each for each in ascii_letters if each not in term)
    sizes, names, more, seen = shape(like), "", [], set()
    equation = kept
    for at, letter in enumerate(term):
        if letter in seen:
            again = next(free)
            equation += f",{letter}{again}"
            more.append(eye(sizes[at], dtype=part.dtype.base_dtype))
            names += again
            continue
        seen.add(letter)
        names += letter
        if letter not in kept:
            equation += f",{letter}"
            more.append(ones(sizes[at : at + 1], part.dtype.base_dtype))
    return einsum(f"{equation}->{names}", part, *more)
