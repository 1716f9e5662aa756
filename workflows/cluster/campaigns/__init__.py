"""A campaign that goes on by itself: its policy, what it does, and what it decided."""
