"""The words that every room shares: frozen dataclasses, small enums, smaller protocols. No I/O, no third party."""
