"""The keeper's part that carries out and meters a program's calls."""
