"""Watch one firm or founder month by month; the run goes on as if nobody looked."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.state.catalogue import LAYERS, ORIGINS, ROUNDS, SECTORS
from sim.state.columns import CLOSED, FATES, HERE, NOBODY, OUTSIDE, SPIN_OUT
from sim.state.rules import PROGRAMME_KINDS
from sim.state.world import World
from sim.story.events import BEFORE, Event, Life

STAFF_STEP = 0.25  # a change of staff by a quarter, and of three heads at least, is told
STAFF_LEAST = 3
FEW = 3
LEAVERS_SHARE, LEAVERS_LEAST = 0.2, 3  # so many of the staff leaving in one month are told


class Watcher:
    """Called with the world before the first month and after each; notes what happens to one uid.

    Attributes:
        life: what was seen so far; `life.found` tells whether there is such a firm or founder.
        founders: uids of a few founders with a firm, after the last month.
    """

    def __init__(self, uid: int) -> None:
        self.life = Life(uid)
        self.founders: list[int] = []
        self._firm = uid  # the firm to follow: a founder's is known once it is founded
        self._row: np.void | None = None
        self._team: np.void | None = None
        self._staff: set[int] = set()
        self._founders: set[int] = set()
        self._told_staff = self._told_ties = 0
        self._fates = 0
        self._over = False

    def __call__(self, world: World, month: int) -> None:
        """Look at the world after `month`, BEFORE for the start."""
        if month == world.months - 1:
            teams = world.founders.rows
            self.founders = teams["uid"][teams["venture"] != 0][:FEW].tolist()
        self._look_at_team(world, month)
        if self._over and self.life.kind == "firm":
            return
        rows = world.firms.rows
        found = np.flatnonzero(rows["uid"] == self._firm)
        if found.size:
            row = rows[int(found[0])].copy()
            if self._row is None:
                self._appears(world, row, month)
            else:
                self._compare(world, self._row, row, month)
            self._people(world, int(found[0]), month)
            self._spin_outs(rows, month)
            self._row = self.life.rows[month] = row
        elif self._row is not None:
            self._leaves(world, month)
        if month == world.months - 1:
            self._end(month)

    def _note(self, month: int, kind: str, **values: Any) -> None:
        self.life.events.append(Event(month, kind, values))

    # The founding team

    def _look_at_team(self, world: World, month: int) -> None:
        teams = world.founders.rows
        found = np.flatnonzero(teams["uid"] == self.life.uid)
        if found.size == 0:
            if self._team is not None and self._team["venture"] == 0:
                self._note(month, "gave_up", waiting=int(self._team["waiting"]))
            self._team = None
            return
        team = teams[int(found[0])].copy()
        if not self.life.kind:
            self.life.kind = "founder"
        before = self._team
        if before is None:
            values = {
                "origin": ORIGINS[int(team["origin"])],
                "sector": SECTORS[int(team["sector"])],
                "parent": int(team["parent"]),
                "born": int(team["born"]),
                "cofounder": int(team["cofounder"]),
            }
            self._note(month, "team", **values)
        elif team["cofounder"] > before["cofounder"]:
            self._note(month, "cofounder")
        if before is not None and self._row is None:
            self._awards(world, before, team, month)
        if team["venture"] != 0 and team["venture"] != self._firm:
            self._firm, self._row, self._over = int(team["venture"]), None, False
        self._team = team

    # The firm

    def _appears(self, world: World, row: np.void, month: int) -> None:
        if not self.life.kind:
            self.life.kind = "firm"
        values = {
            "firm": int(row["uid"]),
            "sector": SECTORS[int(row["sector"])],
            "layer": LAYERS[int(row["layer"])] if row["layer"] >= 0 else "",
            "origin": ORIGINS[int(row["origin"])],
            "parent": int(row["parent"]),
            "staff": int(row["staff"]),
            "born": int(row["born"]),
            "maturity": int(row["maturity"]),
            "round": _round(row),
        }
        kind = "stands" if month == BEFORE else "founded" if row["born"] == month else "moved_in"
        if kind == "founded":
            teams = world.founders.rows
            behind = teams[teams["venture"] == row["uid"]]
            values["formed"] = int(behind["born"][0]) if behind.size else month
            values["incubated"] = int(row["incubated_until"] >= 0)
        if kind == "moved_in":
            values["region"] = int(row["displaced"])
        self._note(month, kind, **values)
        blank = row.copy()
        blank["award_count"], blank["award_stake"], blank["award_end"] = 0, 0, -1
        self._awards(world, blank, row, month)
        self._told_staff, self._told_ties = int(row["staff"]), int(row["ties"])

    def _compare(self, world: World, old: np.void, new: np.void, month: int) -> None:
        if new["maturity"] > old["maturity"]:
            self._note(month, "product", step=int(new["maturity"]))
        if new["first_order"] == month != old["first_order"]:
            self._note(month, "first_order")
        self._awards(world, old, new, month)
        if new["rounds"] > old["rounds"]:
            self._note(
                month, "round", round=_round(new), money=float(new["round_value"]),
                value=float(new["valuation"]), founders=float(new["share_founders"]),
                local=int(new["lead_investor_local"]),
            )  # fmt: skip
        if new["graduated"] > old["graduated"]:
            self._note(month, "graduated")
        if new["cell"] != old["cell"]:
            self._note(month, "moved_here", area=float(new["area"]))
        if new["insolvent_months"] > 0 and old["insolvent_months"] == 0:
            self._note(month, "no_cash", cash=float(new["cash"]))
        if new["insolvent_months"] == 0 and old["insolvent_months"] > 0:
            self._note(month, "cash_again", cash=float(new["cash"]))
        if new["sold"] > old["sold"]:
            self._note(month, "sold", value=float(new["valuation"]))
        self._sizes(new, month)

    def _sizes(self, new: np.void, month: int) -> None:
        staff, ties = int(new["staff"]), int(new["ties"])
        if abs(staff - self._told_staff) >= max(STAFF_LEAST, STAFF_STEP * self._told_staff):
            kind = "grew" if staff > self._told_staff else "shrank"
            self._note(month, kind, staff=staff, was=self._told_staff)
            self._told_staff = staff
        if ties >= max(1, 2 * self._told_ties):
            self._note(month, "ties", ties=ties, supply=int(new["supply_ties"]))
            self._told_ties = ties
        elif self._told_ties >= 2 and 2 * ties <= self._told_ties:
            self._note(month, "ties_faded", ties=ties, was=self._told_ties)
            self._told_ties = ties

    def _awards(self, world: World, old: np.void, new: np.void, month: int) -> None:
        programmes = world.rules.programmes
        for k in range(programmes.size):
            lever = PROGRAMME_KINDS[int(programmes["kind"][k])]
            if new["award_count"][k] > old["award_count"][k]:
                last = int(min(new["award_end"][k], world.months - 1))
                stake = float(new["award_stake"][k] - old["award_stake"][k])
                self._note(month, "award", lever=lever, last=last, stake=stake)
            elif old["award_end"][k] == month - 1 >= 0:
                self._note(month, "award_ended", lever=lever)

    def _people(self, world: World, row: int, month: int) -> None:
        people = world.people.rows
        mine = people.employer == row
        staff = set(people.uid[mine].tolist())
        founders = set(people.uid[mine & (people.founder_of == self._firm)].tolist())
        if self._row is not None:
            gone = self._staff - staff
            if self._founders - founders:
                self._note(month, "founder_left", count=len(self._founders - founders))
            if len(gone) >= max(LEAVERS_LEAST, LEAVERS_SHARE * len(self._staff)):
                self._note(month, "people_left", count=len(gone), **_whereto(people, gone))
        self._staff, self._founders = staff, founders

    def _spin_outs(self, rows: np.ndarray, month: int) -> None:
        children = rows[(rows["parent"] == self._firm) & (rows["born"] == month)]
        for uid in sorted(children["uid"][children["origin"] == SPIN_OUT].tolist()):
            self._note(month, "spin_out", child=uid)

    def _leaves(self, world: World, month: int) -> None:
        assert self._row is not None
        how, staff = CLOSED, int(self._row["staff"])
        for batch in world.fates[self._fates :]:
            mine = batch[batch["uid"] == self._firm]
            if mine.size:
                how, staff = int(mine["how"][0]), int(mine["staff_end"][0])
        self._fates = len(world.fates)
        self._note(
            month, "left", how=FATES[how], staff=staff, months=month - int(self._row["arrived"]),
            support=float(self._row["support_total"]), cash=float(self._row["cash"]),
        )  # fmt: skip
        self._row, self._over = None, True

    def _end(self, month: int) -> None:
        if self._row is None:
            if self._team is not None and self._team["venture"] == 0:
                self._note(month, "still_nascent", waiting=int(self._team["waiting"]))
            return
        row = self._row
        self._note(
            month, "end", how=FATES[HERE], staff=int(row["staff"]), round=_round(row),
            maturity=int(row["maturity"]), ties=int(row["ties"]), cash=float(row["cash"]),
            support=float(row["support_total"]), operator=float(row["share_operator"]),
        )  # fmt: skip


def _round(row: np.void) -> str:
    """Return the name of the last round closed, "none" where there was none."""
    reached = int(row["rounds"])
    return ROUNDS[reached] if reached < len(ROUNDS) else f"{ROUNDS[-1]}+{reached - len(ROUNDS) + 1}"


def _whereto(people: Any, gone: set[int]) -> dict[str, int]:
    """Return how many of those who left work elsewhere here, outside, nowhere, or are gone."""
    where = people.employer[np.isin(people.uid, np.array(sorted(gone)))]
    return {
        "here": int((where >= 0).sum()),
        "outside": int((where == OUTSIDE).sum()),
        "seeking": int((where == NOBODY).sum()),
        "away": len(gone) - where.size,
    }
