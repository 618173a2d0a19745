"""Alerts leave here: message → each channel kind's own form → the outside, with a verdict when it fails."""
