"""What a node does beside its instruments, by the clock on the wall."""
