"""The product's names: where they point, who serves them, what is left behind in them."""
