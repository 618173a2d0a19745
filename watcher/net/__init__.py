"""The way out: checked addresses, one deadline per request, bounded answers. Sources and webhooks share it."""
