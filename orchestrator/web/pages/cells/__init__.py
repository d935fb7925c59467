"""The pages of cells: the list, and one of them with what is known of it."""
