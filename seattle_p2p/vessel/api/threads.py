"""Calls about threads, locks and time."""

from seattle_p2p.vessel.api.call import Call, Cost

THREADS = (
    Call(
        "createthread",
        "RP-26",
        "function",
        "None",
        "Runs a function of no arguments beside everything else. The program ends when all its "
        "threads have; an exception that nobody catches in one ends them all.",
        (Cost("events", 1, when="until it ends"),),
        errors=(
            ("RepyArgumentError", "function cannot be called"),
            ("ResourceExhaustedError", "all threads are in use"),
        ),
        example=('def work():\n    log("from a thread ")\n\n\ncreatethread(work)\n'),
    ),
    Call(
        "createlock",
        "RP-27",
        "",
        "a lock",
        "A lock; whoever has it, any thread may release it.",
        example="lock = createlock()\nlock.acquire(True)\nlock.release()\n",
    ),
    Call(
        "lock.acquire",
        "RP-27",
        "blocking",
        "True when it was taken",
        "Takes the lock. When it is taken already: waits if blocking, else returns False.",
        waits="until it is free, when blocking is True",
        errors=(("RepyArgumentError", "blocking is not True or False"),),
        example="lock = createlock()\nlog(lock.acquire(True), lock.acquire(False))\n",
    ),
    Call(
        "lock.release",
        "RP-27",
        "",
        "None",
        "Lets go of the lock.",
        errors=(("LockDoubleReleaseError", "nobody has it"),),
        example="lock = createlock()\nlock.acquire(True)\nlock.release()\n",
    ),
    Call(
        "sleep",
        "RP-28",
        "seconds",
        "None",
        "Waits, never less than so many seconds; 0 and below return at once.",
        waits="so long",
        errors=(("RepyArgumentError", "seconds is no number"),),
        example="sleep(0.1)\n",
    ),
    Call(
        "getruntime",
        "RP-29",
        "",
        "seconds",
        "Seconds since the program began; never goes back.",
        example="begun = getruntime()\nsleep(0.1)\nlog(getruntime() - begun >= 0.1)\n",
    ),
    Call(
        "getthreadname",
        "RP-30",
        "",
        "a text",
        "A text that no other running thread has.",
        example="log(getthreadname())\n",
    ),
)
