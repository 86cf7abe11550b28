"""What developers run from a checkout: pages printed from declarations."""
