"""`seattle shell`: an interactive shell, and the same words as scripts.

A line is cut into words (`lines`), looked up in one table (`words`, filled by `built_in` and
plug-ins), matched against the word's own usage (`grammar`), and carried out in a `Turn` of the
`Session`. Completion and help read the same table.
"""
