"""Who may ask what: every request passes here before a route sees it."""
