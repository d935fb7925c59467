"""What a process of the service owes to whoever supervises it."""
