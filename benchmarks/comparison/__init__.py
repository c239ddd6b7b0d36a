"""Prepares the same files with seedream and with its peers, and times both."""
