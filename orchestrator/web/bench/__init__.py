"""The bench as a whole: every channel and every chamber at one look, for people who pass by."""
