"""A sign of life for a watchdog relay: given only while the engine's loops turn and the database commits."""
