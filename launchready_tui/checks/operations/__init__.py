"""What stands ready for the day after: failure signals and the way back."""
