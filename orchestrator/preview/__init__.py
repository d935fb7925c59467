"""A plan carried out on a model of a cell, without an instrument: what will be seen, before anything is started."""
