"""The engine: tables, processes, levers and the month."""
