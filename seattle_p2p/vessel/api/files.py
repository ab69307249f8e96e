"""Calls about the files of a vessel."""

from seattle_p2p.vessel.api.call import Call, Cost

_BAD_NAME = ("RepyArgumentError", "name is not 1 to 120 of a-z 0-9 . _ -, or begins with a dot")
FILES = (
    Call(
        "openfile",
        "RP-20",
        "name, create",
        "a file",
        "Opens a file of this vessel's own folder; makes it when create is True and there is "
        "none. There are no folders in it. A file can be open once at a time.",
        (
            Cost("filesopened", 1, when="until it is closed"),
            Cost("fileread", 4096),
            Cost("filewrite", 4096, when="when the file is made"),
        ),
        errors=(
            _BAD_NAME,
            ("FileInUseError", "it is open already"),
            ("ResourceExhaustedError", "all files that may be open are, or there are too many"),
            ("FileNotFoundError", "create is False and there is none"),
        ),
        example=('f = openfile("notes.txt", True)\nf.writeat("first line", 0)\nf.close()\n'),
    ),
    Call(
        "file.readat",
        "RP-21",
        "size, offset",
        "data",
        "Reads size bytes, or all for None, from offset on; fewer at the end of the file, and "
        "none exactly there.",
        (Cost("fileread", 4096, "block"),),
        errors=(
            ("RepyArgumentError", "size or offset is no whole number, or below 0"),
            ("FileClosedError", "the file is closed"),
            ("SeekPastEndOfFileError", "offset is past the end"),
        ),
        example=(
            'f = openfile("data", True)\n'
            'f.writeat("0123456789", 0)\n'
            "log(f.readat(3, 2), f.readat(None, 7))\n"
            "f.close()\n"
        ),
    ),
    Call(
        "file.writeat",
        "RP-22",
        "data, offset",
        "None",
        "Writes over what is there from offset on, and makes the file longer where it ends. A "
        "file never gets shorter; more than the vessel's disk ends the program.",
        (Cost("filewrite", 4096, "block"),),
        errors=(
            ("RepyArgumentError", "data is no data, or offset no whole number from 0 on"),
            ("FileClosedError", "the file is closed"),
            ("SeekPastEndOfFileError", "offset is past the end: there would be a hole"),
        ),
        example=(
            'f = openfile("log", True)\n'
            'f.writeat("abc", 0)\n'
            'f.writeat(b"\\xff", 3)\n'
            "f.close()\n"
        ),
    ),
    Call(
        "file.close",
        "RP-23",
        "",
        "None",
        "Gives the file back; others may open it again.",
        errors=(("FileClosedError", "it was closed before"),),
        example=('f = openfile("data", True)\nf.close()\n'),
    ),
    Call(
        "listfiles",
        "RP-24",
        "",
        "a list of names",
        "Names of all files of the vessel, the uploaded program among them.",
        (Cost("fileread", 4096),),
        example=('for name in listfiles():\n    log(name, "")\n'),
    ),
    Call(
        "removefile",
        "RP-25",
        "name",
        "None",
        "Removes a file.",
        (Cost("fileread", 4096), Cost("filewrite", 4096, when="when it was there")),
        errors=(
            _BAD_NAME,
            ("FileInUseError", "it is open"),
            ("FileNotFoundError", "there is none"),
        ),
        example=('openfile("old", True).close()\nremovefile("old")\n'),
    ),
)
