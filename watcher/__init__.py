"""Signal Watch: reads the news for a desk and speaks up when something happens."""

__version__ = "0.1.0"
