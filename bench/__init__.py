"""What this package costs relative to the same work without it, measured in one run.

    python -m bench                     every group of rows that needs nothing but this package
    python -m bench --quick             the same in a few seconds, with less repetition
    python -m bench --only hit          rows whose key contains "hit"
    python -m bench --peers             also other libraries doing the same work, where installed
    python -m bench --json out.json --plot docs/images
    python -m bench compare A.json B.json
    python -m bench.instructions check  instruction counts against the committed baseline

How a row is measured, and what it is compared with: docs/performance.md.
"""
