"""Keys, signatures, envelopes."""
