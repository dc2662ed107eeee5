"""A netlist generator: a ripple-carry adder of full adders, written as structural Verilog.

The generator builds modules and gates without a thought for names: `Names` makes each one unique in its
scope, under conventions of its own (paths with dots, `$1` for a number, no case, identifiers only; what is no
identifier is made one).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scopetrie import Names


@dataclass
class Netlist:
    """Gates by full name, and what they drive."""

    names: Names = field(
        default_factory=lambda: Names(
            separator=".",
            suffix="${}",
            fold="lower",
            legal=r"[A-Za-z_][\w$]*",
            clean=lambda part: "_" + re.sub(r"\W", "_", part),
        )
    )
    lines: list[str] = field(default_factory=list)

    def gate(self, kind: str, *inputs: str) -> str:
        """Adds a gate; gives the net that it drives."""
        output = self.names.unique_name("net")
        self.lines.append(f"{kind} {self.names.unique_name(kind)} ({', '.join([output, *inputs])});")
        return output


def half_adder(netlist: Netlist, a: str, b: str) -> tuple[str, str]:
    """The sum and the carry of two bits."""
    with netlist.names.scope("half_adder"):
        return netlist.gate("xor", a, b), netlist.gate("and", a, b)


def full_adder(netlist: Netlist, a: str, b: str, carry: str) -> tuple[str, str]:
    """The sum and the carry of three bits."""
    with netlist.names.scope("full_adder"):
        partial, first = half_adder(netlist, a, b)
        total, second = half_adder(netlist, partial, carry)
        return total, netlist.gate("or", first, second)


def adder(netlist: Netlist, bits: int) -> list[str]:
    """The nets of the sum of two numbers, the carry last."""
    names = netlist.names
    with names.scope("top"):
        a = [names.unique_name(f"a[{bit}]") for bit in range(bits)]
        b = [names.unique_name(f"b[{bit}]") for bit in range(bits)]
        carry = names.reserve("carry_in")
        sums = []
        for one, other in zip(a, b, strict=True):
            total, carry = full_adder(netlist, one, other, carry)
            sums.append(total)
        return [*sums, carry]


def simulate(netlist: Netlist, values: dict[str, bool]) -> dict[str, bool]:
    """The value of every net, where the gates are in the order of their making."""
    functions = {"xor": lambda a, b: a != b, "and": lambda a, b: a and b, "or": lambda a, b: a or b}
    for line in netlist.lines:
        kind, _, output, *inputs = re.split(r"[\s(),;]+", line.rstrip(");"))
        values[output] = functions[kind](*(values[net] for net in inputs))
    return values


def main() -> None:
    """Adds numbers with the netlist, and prints some of it."""
    bits = 8
    netlist = Netlist()
    sums = adder(netlist, bits)
    for x, y in ((3, 5), (100, 55), (255, 255)):
        values = {"top.carry_in": False}
        for name, number in (("a", x), ("b", y)):
            values |= {f"top._{name}_{bit}_": bool(number >> bit & 1) for bit in range(bits)}
        nets = simulate(netlist, values)
        found = sum(nets[net] << bit for bit, net in enumerate(sums))
        print(f"{x} + {y} = {found}")
        assert found == x + y
    print(*netlist.lines[:5], sep="\n")
    gates = [name for name in netlist.names.under("top.full_adder$7") if "net" not in name]
    print(f"{len(netlist.lines)} gates, in the last adder: {', '.join(gates)}")
    assert len(set(map(str.lower, netlist.names))) == len(netlist.names)


if __name__ == "__main__":
    main()
