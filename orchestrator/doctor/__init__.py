"""Looking for whatever is wrong with a lab, in one table, with a remedy for each."""
