"""What the engine, the drivers and the API have said in English, as a page in another language shows it."""
