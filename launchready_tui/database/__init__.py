"""What is known of PostgreSQL without asking one: how plans and policies are read, and rules about them. Pure."""
