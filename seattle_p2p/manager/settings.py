"""How a node is set up."""

import msgspec


class NodeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How this node is set up; kept whole in one row.

    `granted` and `offcut` are restrictions texts: what the donor gave in all, and what each
    vessel costs beyond its own amounts. A port of 0 means: any free one, then remembered.
    `testbed` tells vessels 127.0.0.1 as their address, `allow_private` lets them talk to
    private networks, `lan` has peers on the local network found and told of this node. A pause
    ends by itself at `resume_at`, seconds of the donor's own wall clock, unless that is 0.
    `starts` counts how often the node manager has started.
    """

    network: str = "seattle"
    seeds: tuple[str, ...] = ()
    bind: str = "127.0.0.1"
    public: str = ""
    overlay_port: int = 0
    command_port: int = 0
    paused: bool = False
    percent: float = 10.0
    planner: str = ""
    granted: str = ""
    offcut: str = ""
    accept_weak_containment: bool = False
    testbed: bool = False
    allow_private: bool = False
    lan: bool = True
    resume_at: float = 0.0
    starts: int = 0
