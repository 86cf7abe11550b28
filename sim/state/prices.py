"""What firms take of an offer at a price, shared by all platforms and services that have one."""

from __future__ import annotations

from sim.kernel import inlined


@inlined
def share_at(price, worth, elasticity):
    """Return the share of firms that still want an offer at `price`: all of them where it is free.

    `worth` is the price in the same unit at which half of them do at an elasticity of 1.
    """
    return (1 + price / worth) ** -elasticity


@inlined
def can_pay(firm, price, reserve_months):
    """Return whether a firm has `price` CNY to spare over the next months' net cost."""
    return price <= 0 or firm.cash >= price + reserve_months * max(firm.cost - firm.income, 0.0)
