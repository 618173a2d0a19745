"""E-mail: one message per recipient over SMTP."""
