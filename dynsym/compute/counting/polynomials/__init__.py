"""Counting in exact arithmetic."""
