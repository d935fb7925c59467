"""A virtual VSP-300 behind BioLogic's EClib: the instrument lives in the lab, a stand-in for the DLL in its clients."""
