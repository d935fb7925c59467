"""What Prometheus is told: read from the database, where nodes report."""
