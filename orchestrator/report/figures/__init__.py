"""The figures of a report: each a function from runs to a matplotlib figure."""
