"""Machines that come and go, by populations that were measured.

A session is how long a machine stays, drawn from a Weibull distribution; with shape k below 1 a
machine is the likelier to stay the longer it has been there. Sources of the presets:
`bt-debian` Stutzbach and Rejaie (IMC 2006); `kad` Steiner et al. (ToN 2009); `ipfs` fitted to
what Probe-lab reported of DHT servers in 2022; `seattle2011` read off the graphs of the Seattle
testbed's own measurements of February to April 2011: 38 % of nodes always on, 25 % seen for
moments, the rest with any share of time online. How long machines stay away was published
only for the last; the other presets' downtimes are assumptions.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import gamma
from typing import TypeVarTuple, Unpack

from seattle_p2p.overlay.core import Signer
from seattle_p2p.sim import scenario
from seattle_p2p.sim.population import Member, Population
from seattle_p2p.wire.endpoints import ip_group, pack_endpoint

Ts = TypeVarTuple("Ts")

_HOUR = 3600.0
_DAY_S = 24 * _HOUR
_SHORTEST_S = 10.0
"""Neither a session nor an absence is shorter: a machine takes that long to start."""
_CANDIDATES = 8


@dataclass(frozen=True)
class Habit:
    """How one kind of machine comes and goes.

    Args:
        share: Share of machines with this habit.
        shape: Weibull k of sessions.
        scale_s: Weibull λ of sessions; 0 for machines that never leave.
        away_s: Mean of the exponential time between sessions; 0: such that the machine's
            share of time online is drawn evenly from 10 to 99 %.
        rotate_id: Share of returns under a new key.
    """

    share: float
    shape: float = 1.0
    scale_s: float = 0.0
    away_s: float = 0.0
    rotate_id: float = 0.0


PRESETS: dict[str, tuple[Habit, ...]] = {
    "seattle2011": (
        Habit(0.38),
        Habit(0.25, shape=1.0, scale_s=600, away_s=12 * _HOUR),
        Habit(0.37, shape=0.6, scale_s=4 * _HOUR),
    ),
    "ipfs": (Habit(1.0, shape=0.61, scale_s=3.66 * _HOUR, away_s=2 * _HOUR),),
    "bt-debian": (Habit(1.0, shape=0.38, scale_s=42.4 * 60, away_s=0.5 * _HOUR),),
    "kad": (Habit(1.0, shape=0.54, scale_s=358 * 60, away_s=2 * _HOUR, rotate_id=0.2),),
}


class Churn:
    """Lets the ordinary nodes of a population come and go.

    Args:
        population: Whose nodes.
        plan: The scenario's table.
        end_s: When nobody leaves any more.
        new_signer: Makes a key for a machine that returns under another one.
    """

    def __init__(
        self,
        population: Population,
        plan: scenario.Churn,
        end_s: float,
        new_signer: Callable[[], Signer],
    ) -> None:
        self._population = population
        self._world = population.world
        self._plan = plan
        self._end_s = end_s
        self._new_signer = new_signer
        self._rng = self._world.streams.stream("churn")
        self.departures = 0
        self.returns = 0
        if plan.preset == "weibull":
            habit = Habit(
                1.0,
                plan.session_shape,
                plan.session_scale_s,
                plan.downtime_mean_s,
                plan.rotate_id,
            )
            self._habits: tuple[Habit, ...] = (habit,)
        else:
            self._habits = PRESETS.get(plan.preset, ())
        if self._habits:
            self._world.at(plan.from_s, self._begin)
        if plan.site_restart_every_s:
            self._world.at(plan.from_s, self._await_site)
        if plan.night_share:
            self._world.at(plan.from_s, self._begin_nights)

    def _begin(self) -> None:
        weights = [habit.share for habit in self._habits]
        for member in self._population.members:
            if member.is_ordinary:
                habit = self._rng.choices(self._habits, weights=weights)[0]
                if habit.scale_s:
                    self._after(residual_s(habit, self._rng), self._depart, member, habit)

    def _depart(self, member: Member, habit: Habit) -> None:
        if self._world.now_s >= self._end_s or not member.host.up:
            return
        self.departures += 1
        rng, plan = self._rng, self._plan
        if rng.random() < plan.graceful:
            self._population.leave(member)
        else:
            self._population.crash(member, keep_state=rng.random() < plan.keep_state)
        away_s = habit.away_s or _mean_session_s(habit) * (1 / rng.uniform(0.1, 0.99) - 1)
        self._after(rng.expovariate(1 / away_s), self._come_back, member, habit)

    def _come_back(self, member: Member, habit: Habit) -> None:
        if not member.host.up:
            self.returns += 1
            if self._rng.random() < habit.rotate_id:
                self._population.new_identity(member, self._new_signer())
            self._population.start(member)
        session_s = self._rng.weibullvariate(habit.scale_s, habit.shape)
        self._after(session_s, self._depart, member, habit)

    # Whole sites

    def _await_site(self) -> None:
        wait_s = self._rng.expovariate(1 / self._plan.site_restart_every_s)
        self._world.after(wait_s, self._restart_site)

    def _restart_site(self) -> None:
        """Somebody updates all machines of a site: they go together and come together."""
        if self._world.now_s >= self._end_s:
            return
        self._await_site()
        sites: dict[bytes, list[Member]] = {}
        for member in self._population.members:
            if member.is_ordinary and member.host.up:
                group = ip_group(pack_endpoint(member.host.endpoint))
                sites.setdefault(group, []).append(member)
        if not sites:
            return
        for member in sites[self._rng.choice(sorted(sites))]:
            self.departures += 1
            self._population.crash(
                member, keep_state=self._rng.random() < self._plan.keep_state
            )
            self._after(self._plan.site_down_s, self._switch_on, member)

    # Nights

    def _begin_nights(self) -> None:
        nightly = [m for m in self._population.members if m.is_ordinary]
        for member in self._rng.sample(nightly, round(self._plan.night_share * len(nightly))):
            since_dusk_s = self._rng.uniform(0, _DAY_S)
            left_s = self._plan.night_hours * _HOUR - since_dusk_s
            if left_s > 0:
                self._go_to_bed(member, left_s)
            self._after(_DAY_S - since_dusk_s, self._begin_night, member)

    def _begin_night(self, member: Member) -> None:
        self._go_to_bed(member, self._plan.night_hours * _HOUR)
        self._after(_DAY_S, self._begin_night, member)

    def _go_to_bed(self, member: Member, sleep_s: float) -> None:
        if self._world.now_s >= self._end_s:
            return
        if member.host.up:
            self.departures += 1
            self._population.leave(member)
        self._after(sleep_s, self._switch_on, member)

    def _switch_on(self, member: Member) -> None:
        if not member.host.up:
            self.returns += 1
            self._population.start(member)

    def _after(self, wait_s: float, act: Callable[[Unpack[Ts]], None], *args: *Ts) -> None:
        self._world.after(max(wait_s, _SHORTEST_S), lambda: act(*args))


def residual_s(habit: Habit, rng: random.Random) -> float:
    """What is left of the session of a machine that is met at a random moment.

    Long sessions are met more often: one of a few drawn sessions is chosen by its length.
    """
    drawn = [rng.weibullvariate(habit.scale_s, habit.shape) for _ in range(_CANDIDATES)]
    return rng.choices(drawn, weights=drawn)[0] * rng.random()


def _mean_session_s(habit: Habit) -> float:
    return habit.scale_s * gamma(1 + 1 / habit.shape)
