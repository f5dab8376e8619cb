"""What the sprint hands over: documents made from one snapshot of an engagement, as Markdown and as one HTML file."""
