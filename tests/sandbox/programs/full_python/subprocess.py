# what: starts a program by subprocess
# class: full
# source: own
# expect: ends | error

import subprocess

done = subprocess.run(["/bin/echo", "echoed"], capture_output=True, text=True)
if "echoed" in done.stdout:
    print("ESCAPED:subprocess")
