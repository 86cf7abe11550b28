"""Figures as inline SVG with real text, for the result page and whatever else shows results.

Each function takes data and texts in both languages and returns one `<svg>`. Every label is written
once per language as `<text lang="en">` and `<text lang="zh">`; the page that holds the figure hides one
of them. Series differ by dash, marker and hatch as well as by colour, so that a grey copy is legible.
"""
