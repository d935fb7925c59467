"""Temperature chambers: who holds one, when it is stable, and what follows from both."""
