"""Names on the page: policies are told by their titles, wherever a sentence names them."""

from __future__ import annotations

from types import SimpleNamespace

from hotbed.report.names import Names
from sim.declare import Text


def names(**titles):
    arms = [
        SimpleNamespace(
            label=label.replace("_", "-"), scenario=SimpleNamespace(policy_title=Text(*title))
        )
        for label, title in titles.items()
    ]
    return Names(SimpleNamespace(arms=arms), {})


def test_sentences_name_policies_by_their_titles():
    known = names(cash=("Cash", "现金"), cash_for_equity=("Cash for equity", "现金换股权"))
    said = known.in_words(Text("cash-for-equity beats cash; cashless is no name", "cash：+1"))
    assert said == Text("Cash for equity beats Cash; cashless is no name", "现金：+1")
