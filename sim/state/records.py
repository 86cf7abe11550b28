"""Small records beside the tables: what the place was like at the start, the market, the month's tally."""

from __future__ import annotations

import numpy as np

from sim.state.catalogue import SECTORS
from sim.state.rules import MOST_PROGRAMMES

F8, I8 = np.float64, np.int64
AGES = 10

# What the place was like when it was built, and the constants solved from it. Every centred term of
# the model is a deviation from these, the same under every policy.
NORMS = np.dtype(
    [(name, F8) for name in (
        "tie_rate", "leave_intercept", "found_intercept", "accept_intercept", "fee_per_head",
        "occasion_mean", "embed_mean", "neighbours_mean", "tenure_mean", "density_mean",
        "runway_mean", "role_mean", "cofounder_mean", "burden_mean", "firms", "staff",
        "vacancy", "openings_per_worker", "backlog_per_firm", "firm_rest", "worker_rest", "rent_office", "rent_lab",
        "rent_production", "rent_home", "worker_share", "developer_share", "city_factor",
        "rival_subsidy", "rival_months", "rival_rent", "owned_share", "operator_other_weight",
        "footloose_share", "living_inside_share", "migrant_share", "apartments_discount",
        "living_access", "desk_gain", "incubator_places", "students_total", "budget_cny_year",
        "scene_slots", "poc_slots", "pilot_slots", "focal", "operating_cost", "area_active_km2",
        "mobility_median", "mobility_footloose", "mobility_sd", "apartments", "capital_each",
        "flats_share", "home_units", "lab_share", "cell_m", "columns", "lines", "weights_preset", "vacancy_office",
        "layout_access", "layout_commute", "chain_mean", "peers_mean", "services_each", "new_sector",
        "commute", "focus", "campus_km", "price_land", "old_discount", "old_running", "input_share",
        "revenue_more", "plant_share", "layers_of_all", "industrial_m2",
    )]
)  # fmt: skip

MARKET = np.dtype(
    [
        ("demand", F8, len(SECTORS)),  # index, 1 at month 0
        ("demand_change", F8, len(SECTORS)),  # log change of this month
        ("climate", F8),  # funding climate, 1 in the long run
        ("wage", F8),  # wage index
        ("frontier", F8),  # outside knowledge frontier
        ("openings", F8),  # posts open in the month
        ("openings_per_worker", F8),
        ("seekers", F8),  # people without work who seek it
        ("rent_office", F8),  # asking rents, CNY/m2/month
        ("rent_lab", F8),
        ("rent_production", F8),
        ("rent_home", F8),
        ("vacancy_office", F8),
        ("vacancy_lab", F8),
        ("vacancy_production", F8),
        ("vacancy_home", F8),
        ("living_access", F8),  # mean amenity access
        ("third_access", F8),  # buildings near a third place that levers opened, share
        ("living_points", F8),  # service points run by the living circle
        ("living_indoor", F8),  # share of business buildings with such a point
        ("flats_stock", F8),  # talent apartments there are
        ("flats_held", F8),  # of them let
        ("flats_built", F8),  # of them built since the start
        ("flats_taken", F8),  # of them taken from the market for homes
        ("beds_stock", F8),  # beds in dormitories
        ("beds_held", F8),  # of them let
        ("flats_discount", F8),  # their mean discount on market rent
        ("home_relief", F8),  # share of the mean home's rent that they save
        ("policy_takeup", F8),
        ("subsidy_discount", F8),  # mean discount of new leases, for capitalisation
        ("rival_match", F8),  # share of a subsidy that rivals match since they copied the policy
        ("adopters", F8),  # cities that have copied it
        ("shift", F8),  # founders of the falling sector who go to the rising one, share
        ("shift_from", F8),
        ("shift_to", F8),
        ("ip", F8),  # protection of knowledge is on the menu, 0/1
        ("commute", F8),  # mean way to work, minutes
        ("service_effort", F8),  # share of the desks' and the menu's capacity that is offered
        ("stage_develop", F8),  # fit of the services sold to product work, to selling, to finance
        ("stage_sell", F8),
        ("stage_finance", F8),
        ("desk_capacity", F8),  # cases a desk can take this month, without what other sites lend
        ("desk_pool", F8),  # cases a desk may take more (less below 0) in a pool with other sites
        ("pv_share", F8),  # share of the roofs of plants with solar panels
        ("support_m2", F8),  # homes and amenities that owners added on the land of plants
        ("support_reach", F8),  # how far such amenities serve the staff there is, 0..1
        ("task_force", F8),  # staff time that task forces draw from solving issues
    ]
)

# Counts and sums of one month, set to 0 when it begins; `record` reads them.
TALLY = np.dtype(
    [(name, F8) for name in (
        "entries", "entries_relocated", "born", "closures", "leavers", "leavers_region", "spin_outs",
        "graduates_incubator", "products_launched", "funding_raised", "rounds_closed", "seed_due",
        "seed_again", "listings", "acquisitions", "exit_value", "talent_left", "talent_moved",
        "unmet_space", "refused", "hires", "quits", "layoffs", "issues_new", "issues_solved",
        "issue_days", "worker_issues_new", "students_graduated", "students_retained",
        "people_born", "people_left", "births_local_parent", "deaths_or_ten", "partner_search",
        "partner_found", "accepted", "declined", "contract_gap", "displaced_jobs", "job_world",
        "job_local", "public_resident_cost", "capital_forgone", "rent_forgone", "cases_asked",
        "cases_served", "funding_marked", "equity_received", "fund_received", "founder_pay",
        "teams_gave_up", "menu_cost", "menu_spend", "candidates", "entry_candidates", "talent_veterans",
        "residents", "promoted", "public_orders", "results_taken", "projects_screened",
        "tenants_lost", "zombies_kept", "first_orders", "first_orders_partner", "spin_outs_peers",
        "born_institution", "ideas_launched", "ideas_ended", "recycled", "top_left",
        "sites_out", "sites_in", "sites_talent", "sites_people_out", "sites_people_in",
        "sites_contacts", "land_forgone", "units_sold_m2", "owners_left",
    )]
)  # fmt: skip

PROGRAMME_STATE = np.dtype(
    [
        ("begun_year", F8),  # awards begun in this year of the lever
        ("asked", F8),  # decayed count of eligible applicants
        ("granted", F8),  # decayed count of awards
        ("refused", F8),
        ("spent", F8),  # CNY this month
        ("running", F8),  # awards running
    ]
)

# What a run remembers of firms that left, and sums over the run.
HISTORY = np.dtype(
    [
        ("at_risk", F8, AGES),  # firm-months at risk by year of age
        ("closed", F8, AGES),  # closures by year of age
        ("seed_due", F8),
        ("seed_again", F8),
        ("unicorns", F8),
        ("revenue_base", F8),
        ("deaths_or_ten", F8),
        ("births_local_parent", F8),
        ("lag_sum", F8),
        ("lag_count", F8),
    ]
)

FATE = np.dtype(
    [
        ("uid", I8),
        ("arrived", I8),
        ("left", I8),  # -1 = still here
        ("how", I8),  # see columns.FATES
        ("supported", I8),
        ("supported_at_stop", I8),
        ("origin", I8),
        ("sector", I8),
        ("staff_end", I8),
        ("registered", I8),  # month of deregistration, -1 = not left
    ]
)


def programme_state() -> np.ndarray:
    """Return a blank state of all programmes, shape (MOST_PROGRAMMES,)."""
    return np.zeros(MOST_PROGRAMMES, PROGRAMME_STATE)
