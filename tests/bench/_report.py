"""What a benchmark prints: facts as they come, and figures with bar and verdict."""


class Report:
    """Prints at once, and remembers which bars were missed."""

    def __init__(self) -> None:
        self._missed: list[str] = []
        self._judged = 0

    def facts(self, what: str, who: str, **facts: str) -> None:
        """One line of figures without a bar."""
        told = "  ".join(f"{name} {value}" for name, value in facts.items())
        print(f"      {what:<32} {who:<9} {told}", flush=True)

    def line(
        self,
        row: int,
        what: str,
        value: float,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        unit: str = "",
    ) -> None:
        """One figure, its bar and whether it is kept."""
        kept = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
        bar = f">= {at_least:g}" if at_least is not None else ""
        bar = f"<= {at_most:g}" if at_most is not None else bar
        verdict = ("ok" if kept else "MISSED") if bar else ""
        print(f"{row:>4}  {what:<60}{value:>10,.4g} {unit:<6} {bar:<10} {verdict}", flush=True)
        self._judged += bool(bar)
        if not kept:
            self._missed.append(f"{row}: {what}")

    def summary(self) -> int:
        """Say what was missed; an exit code."""
        kept = self._judged - len(self._missed)
        print(
            f"{kept} of {self._judged} bars kept"
            + "".join(f"\n  missed {m}" for m in self._missed)
        )
        return 1 if self._missed else 0
