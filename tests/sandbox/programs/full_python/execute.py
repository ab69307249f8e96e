# what: becomes a shell
# class: full
# source: own
# expect: ends | error

import os

for path in ["/bin/sh", "/usr/bin/env", "/proc/self/exe"]:
    try:
        os.execv(path, ["sh", "-c", "echo ESCAPED:shell"] if path == "/bin/sh" else [path])
    except OSError:
        pass
