"""BioLogic VSP-300 through EClib."""
