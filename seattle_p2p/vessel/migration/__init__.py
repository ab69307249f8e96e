"""From Repy V2 and Python 2 to the language of programs here."""
