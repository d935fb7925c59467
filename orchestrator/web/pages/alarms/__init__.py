"""The page of alarms: what is wrong now, who was told, what holds cells back, and what was."""
