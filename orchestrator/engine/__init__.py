"""The engine: level-triggered, no truth in memory.

Each tick, per instrument: observe all channels, read new records; then :func:`orchestrator.engine.decide.decide`, a
pure function, says for every run what to do. Starting up is the same loop; there is no separate recovery.
"""
