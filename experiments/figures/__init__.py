"""Figures as inline SVG with real text, for the result page, files, notebooks and the dashboard.

Each function takes data and texts in both languages and returns one `<svg>` (a regret table: one
`<table>`). Every label is written once per language as `<text lang="en">` and `<text lang="zh">`; what
holds the figure hides one of them, and `shown` does so for a figure that stands alone. Series differ
by dash, marker and hatch as well as by colour, so that a grey copy is legible.

| figure | function |
|---|---|
| fan of runs, paired difference | `lines.fan_chart`, `lines.difference_chart` |
| income waterfall, tornado, gains and losses | `rows.waterfall`, `rows.tornado`, `rows.gains` |
| tipping point along a number, in a plane of two | `tipping.tipping_line`, `tipping.tipping_map` |
| Pareto set | `pareto.pareto` |
| regret table | `regret.regret_table` |
| survival of cohorts | `survival.cohort_survival` |
| map | `maps.ground_map` |
| parts by year, shares | `bars.stacked`, `bars.shares` |
"""
