"""From records to results: a registry of analyses, the data they see, the typed result they return.

This package's own import is light: pandas and scipy are loaded by the analyses, in a worker process.
"""
