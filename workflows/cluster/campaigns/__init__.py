"""Unattended campaigns: their policy, what they do, and a record of their decisions."""
