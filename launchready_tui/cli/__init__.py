"""The headless door: every verb of the screens as a command. `output` owns stdout, `notices` owns stderr."""
