"""International links: partners abroad bring the world's frontier near, and grown firms a wider market."""

from __future__ import annotations

from typing import Any

from sim.declare import Bill, lever, number


def rules(values: dict[str, Any], intensity: Any) -> dict[str, Any]:
    """Return the links, what each brings, the export service, and what the links cost."""
    links = values["links"] * intensity
    said = {"world_export": values["export_service"] * intensity}
    if values["links"]:
        cost = links * values["cost_cny_link_year"] / 12
        said |= {
            "world_links": links,
            "world_gain": (intensity > 0) * values["frontier_gain"],
            "bill": Bill("international_links", public=cost / 2, operator=cost / 2),
        }
    return said


LEVER = lever(
    "international_links",
    "region",
    "International links and expansion service",
    "国际链接、出海服务",
    mechanisms=("M091", "M092"),
    payer="operator and government, half each",
    source="A-BB-01",
    compile=rules,
    fields={
        "links": number(
            0, "links", 0, 20, "partners abroad", "国际合作伙伴数", intensity=True, source="A-BB-01"
        ),
        "frontier_gain": number(
            0.03, "1/year", 0, 0.2, "gap to the world that a link closes", "单个链接弥合的国际差距"
        ),
        "export_service": number(
            0, "share", 0, 1, "reach of the export service", "出海服务力度", intensity=True
        ),
        "cost_cny_link_year": number(
            2_000_000, "CNY/year", 0, 10_000_000, "cost of a link", "单个链接年费用"
        ),
    },
)
