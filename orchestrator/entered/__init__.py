"""What was measured elsewhere and is entered with a cell: one plain number each, with its unit in the name."""
