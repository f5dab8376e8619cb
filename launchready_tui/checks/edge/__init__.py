"""What stands before the origin: proxy, zone settings, headers, cross-origin rules; whether it can be walked around."""
