"""The page that starts tests: cells on channels, a protocol with its parameters, the plan, and off."""
