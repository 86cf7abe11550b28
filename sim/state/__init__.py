"""What a world is made of: tables, rules, ledger, checks."""
