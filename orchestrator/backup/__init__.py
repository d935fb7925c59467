"""Copies of the database while it is written to, checked as they are made; and bringing one back."""
