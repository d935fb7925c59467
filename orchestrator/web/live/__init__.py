"""What a page shows while it changes: one WebSocket a page, one look at the database a second for all of them."""
