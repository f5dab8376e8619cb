"""What the answers of the API weigh, carry and reveal."""
