"""The pages of campaigns: the list, handing one in, and one with its jobs, its times and its events."""
