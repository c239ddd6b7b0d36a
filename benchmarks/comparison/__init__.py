"""Prepares the same files with the project and with what people would pick instead, and times both."""
