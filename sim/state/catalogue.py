"""Names that files and tables share: sectors, layers of the value chain, zones, origins, rounds.

A table stores the index of a name in its tuple; files and messages use the name itself.
"""

from __future__ import annotations

SECTORS = (
    "ai",
    "software",
    "hardware",
    "services",
    "biotech",
    "nano",
    "iot",
    "equipment",
    "electronics",
    "materials",
    "textile",
    "parts",
    "chemicals",
    "food",
    "construction",
)

LAYERS = (
    "chips",
    "models",
    "applications",
    "embodied",
    "hardware",
    "sensing",
    "network",
    "platform",
    "integration",
    "materials",
    "parts",
    "equipment",
    "systems",
    "services",
)

ZONES = ("campus", "park", "street", "production", "housing", "front", "back")
# Ground that lies in none of them.
OPEN_GROUND = len(ZONES)

# Sectors that make things in plants, where a place has plants.
MAKERS = (
    "hardware",
    "equipment",
    "electronics",
    "materials",
    "textile",
    "parts",
    "chemicals",
    "food",
)

# How the ground lies: zones as they come, or a street along the middle line.
FORMS = ("field", "corridor")

ORIGINS = (
    "scholar",
    "graduate",
    "giant_leaver",
    "spin_out",
    "returnee",
    "independent",
    "relocated",
)

# Upper ends, in years, of the age bands of the firms that stand at the start.
AGE_BAND_ENDS = (1, 3, 5, 15)

# Financing reached at the start; "none" is stored as rounds = 0, angel as 1 and so on.
ROUNDS = ("none", "angel", "pre_a", "a", "b", "c", "d")

MENU = ("science_venture", "finance", "law", "ip")

DESKS = ("policy", "money", "compute", "talent", "partners", "expertise", "space", "scenes")
