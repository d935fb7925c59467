"""The page of the queue: what waits on every channel and why, in which order, and when everything is expected."""
