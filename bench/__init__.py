"""What this package costs, beside what the same work costs without it, measured in one run.

    python -m bench                     every group of rows that needs nothing but this package
    python -m bench --quick             the same in a few seconds, with less repetition
    python -m bench --only hit          rows whose key contains "hit"
    python -m bench --peers             other libraries on the same work, where installed
    python -m bench --json out.json --plot docs/images
    python -m bench compare A.json B.json
    python -m bench.instructions check  instruction counts against the committed baseline

How it measures, and what each row's counterpart is: docs/performance.md.
"""
