"""What a protocol file may say: one pydantic model for each mapping in it, one file for each step family.

The models are filled from the tree of :mod:`protocols.node`, so that every value keeps its line, and are the source of
the JSON Schema for editors.
"""
