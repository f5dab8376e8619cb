"""What caches may keep of the product, and what they must not: pages, files, private answers, freshness."""
