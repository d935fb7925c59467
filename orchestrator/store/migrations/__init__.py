"""Alembic migrations of the store, run by :mod:`orchestrator.store.upgrade`; there is no alembic.ini."""
