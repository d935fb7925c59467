"""The start page: every channel and every chamber."""
