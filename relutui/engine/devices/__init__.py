"""The devices there are, how one is chosen, and how it is opened."""
