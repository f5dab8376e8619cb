"""Plain values: product, runbook, questions, evidence, verdicts, records. No I/O, no clock."""
