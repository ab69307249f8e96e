"""What `help` explains beside words."""

TOPICS = {
    "targets": """\
A target says which vessels are meant:

  all            every vessel of whoever speaks
  %3   3         number 3
  1-4            numbers 1 to 4
  lab            the vessels of a group
  k2xoq7m3ddzb:v1   a vessel by its name, or by a beginning that fits nothing else
  %1,lab,7-9     several of these

  for example:
    on %1,%2 list        for this command
    on lab               from now on; the prompt shows it""",
    "groups": """\
A group is a name for several vessels. You make them:

    add %1-%3 to lab
    on lab run hello.r2py

and every command on vessels makes two, of those where it worked and those where it did not:

    upload data.txt
    on uploadfail upload data.txt      # try again there only
    on uploadgood run program.r2py

`list` sorts vessels by state: liststarted, listended, listfresh, liststopped.
`browse` leaves browsegood, and browsefail with what was known and is not found now.""",
    "scripts": """\
The same words work without a prompt:

    seattle shell steps.txt            each line is a command
    seattle shell -c "browse" -c "run hello.r2py"
    seattle shell --json steps.txt     results as JSON Lines

A script ends at its first failure, unless `set stoponerror off`. A command that failed on some
vessels has failed. The exit code is that of the first failure: 3 some vessels failed, 4 all of
them, 5 refused, 2 a word was not understood, 1 something else.""",
    "quoting": """\
Blanks part words. Quotes keep them together; # at the beginning of a word begins a comment.

    upload "my data.txt" data.txt     # the file's name has a blank
    set greeting good morning
    run hello.r2py "$greeting"        # a variable, also in double quotes
    run hello.r2py '$greeting'        # not in single quotes
    run hello.r2py \\$5 $$5            # a dollar sign itself""",
    "keyboard": """\
Tab completes words, targets, identities, files here and files in vessels. Arrow up, Ctrl-R:
earlier lines, also those of earlier sessions; a line that begins with a blank is not kept.
Ctrl-C ends a command and leaves the shell open; programs in vessels go on. Ctrl-D leaves.""",
    "plug-ins": """\
A package adds words by an entry point of the group seattle_p2p.shell_words, which names a
list of `seattle_p2p.cli.shell.words.Word`:

    [project.entry-points."seattle_p2p.shell_words"]
    geography = "my_package.words:WORDS"

Words of plug-ins are completed and explained like all others. A plug-in whose word exists
already is left out; `show plugins` says whose word it is.""",
}
"""Text by topic."""
