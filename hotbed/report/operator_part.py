"""What the operator receives and pays over the whole run, and what is left of it."""

from __future__ import annotations

import numpy as np

from experiments import money as books
from experiments.figures.numbers import money
from experiments.figures.rows import Gain, waterfall
from hotbed.report.blocks import Figure, Table
from hotbed.report.names import Names, payment
from sim.declare import Text
from sim.state.ledger import OPERATOR

MOST_STEPS = 4  # receipts beside "other", and as many payments
OTHER_RECEIPTS, OTHER_PAYMENTS = (
    Text("other receipts", "其他收入"),
    Text("other payments", "其他支出"),
)
LEFT = Text("what is left", "结余")


def left(names: Names, sides: dict[str, dict[books.Key, np.ndarray]]) -> Figure | None:
    """Return what the operator receives and pays over the whole run, and what is left of it."""
    drawings, rows, kinds = [], [], []
    for label, flows in sides.items():
        steps = _steps(books.by_purpose(flows, OPERATOR))
        if not steps:
            continue
        drawings.append(waterfall(names.arm(label), steps, LEFT, "CNY"))
        sums = [*steps, Gain(LEFT, sum(step.value for step in steps))]
        for i, step in enumerate(sums):
            head = names.arm(label) if i == 0 else ""
            rows.append([head, step.name, money(step.value, sign=True)])
            kinds.append("first" if i == 0 else "total" if i == len(steps) else "")
    if not drawings:
        return None
    title = Text(
        "The operator's money over the whole run, and what is left",
        "运营商全期收支与结余",
    )
    head = [Text("policy", "政策"), Text("what", "项目"), Text("CNY", "金额")]
    return Figure(title, drawings, Table(head, rows, 2, None, kinds))


def _steps(found: dict[int, float]) -> list[Gain]:
    """Return the largest receipts and payments as steps, the rest of either side as one."""
    steps = []
    for is_cost in (False, True):
        own = [(p, value) for p, value in found.items() if (value < 0) == is_cost]
        steps += [Gain(payment(p), value) for p, value in own[:MOST_STEPS]]
        if rest := sum(value for _, value in own[MOST_STEPS:]):
            steps.append(Gain(OTHER_PAYMENTS if is_cost else OTHER_RECEIPTS, rest))
    return steps
