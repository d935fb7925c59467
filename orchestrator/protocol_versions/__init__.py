"""A lab's own protocols: saving versions, comparing them, what they need, where they were used."""
