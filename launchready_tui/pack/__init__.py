"""The form of a handover pack: what lies in it, how it is put in its place, read back and verified. Knows no engine."""
