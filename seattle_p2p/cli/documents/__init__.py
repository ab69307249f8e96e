"""What `--json` prints, as types: the one source of the schema, its page and its tests."""
