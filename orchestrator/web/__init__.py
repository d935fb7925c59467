"""The HTTP API: reads and writes the database, which is all that lies between it and the instruments."""
