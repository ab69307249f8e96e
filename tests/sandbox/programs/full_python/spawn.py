# what: starts programs by posix_spawn and system
# class: full
# source: own
# expect: ends | error

import os

try:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    print("ESCAPED:posix_spawn")
    os.waitpid(pid, 0)
except OSError:
    pass
if os.system("exit 7") == 7 * 256:
    print("ESCAPED:system")
