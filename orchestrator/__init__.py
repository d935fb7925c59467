"""The service: it makes instruments do what protocols say, loses nothing, and hands the data to analysis."""
