"""One self-contained HTML file about runs: figures, values beside the paper's, and where everything comes from."""
