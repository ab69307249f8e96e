"""What a broker needs of the keeper whose loop it runs in."""


class Host:
    """What the broker asks and tells its keeper."""

    def on_ready(self, layers: list[str]) -> object:
        """The jail is closed; returns the job, or ends the vessel."""
        raise NotImplementedError

    def text(self, offset: int) -> bytes:
        """A piece of the program's text."""
        raise NotImplementedError

    def on_begun(self) -> None:
        """The program's first line comes next."""
        raise NotImplementedError

    def on_ended(self, cause: str, line: int, summary: str, details: str) -> None:
        """The program says it is over."""
        raise NotImplementedError

    def on_worked(self) -> None:
        """Some requests were carried out: is the CPU share used up?"""
        raise NotImplementedError

    def on_gone(self) -> None:
        """The program's process is gone, or has closed its end."""
        raise NotImplementedError

    def on_nonsense(self) -> None:
        """The process sent what no program can."""
        raise NotImplementedError

    def on_disk_full(self, text: str) -> None:
        """The program wrote more than its disk holds."""
        raise NotImplementedError

    def cpu_s(self) -> float:
        """CPU used so far."""
        raise NotImplementedError

    def memory(self) -> int:
        """Bytes above an idle vessel."""
        raise NotImplementedError

    def stops(self) -> list[tuple[float, float]]:
        """The latest times of being held still: when, and for how long."""
        raise NotImplementedError
