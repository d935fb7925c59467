"""Campaigns: which cells go through which protocols, where, in what order, when, and what becomes of the rest."""
