"""The pages that a visitor meets: whether they answer, and what they refer to."""
