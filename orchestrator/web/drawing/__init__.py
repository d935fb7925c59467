"""Figures and reports of runs: drawn by a child process, so that neither event loop nor worker threads wait for it."""
