"""The pages of people: everybody, for admins; and oneself."""
