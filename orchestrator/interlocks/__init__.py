"""Interlocks: rules over what is seen of all instruments, judged in a pure function; a trip latches its first cause."""
