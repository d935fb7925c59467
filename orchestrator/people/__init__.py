"""People of the lab: what each may do, and how a person or a program shows who it is. No database, no HTTP."""
