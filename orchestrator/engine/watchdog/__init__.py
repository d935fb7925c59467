"""Watching over the node itself: its event loop, its clock, its calls into instruments; and reporting how it is."""
