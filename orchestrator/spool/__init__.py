"""What a node must not lose while its database is away, and nobody else has: kept in a file, stored once, later."""
