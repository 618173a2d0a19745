"""Generic hooks: Standard Webhooks 1.0."""
