"""A virtual NEWARE: step files as BTS writes them, channels that execute them, and the TCP API in front."""
