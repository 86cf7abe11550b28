"""The people processes of a month, hiring and housing, as others would write them.

Three programs do the same work from the same built place with the same parameters: the engine's own
kernels (`ours`), a port to plain Mesa (`mesa_*`) and a port to NumPy expressions (`numpy_*`). Nothing
else of the month runs, so money, rents and floor stay what they were at the start: what firms want to
employ is decided by the same rule from the same frozen numbers. No lever is on, and branches that only
levers reach are not ported. The ports draw from ordinary
generators; they are to agree with the engine in the mean, not draw by draw.
"""
