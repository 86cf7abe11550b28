"""English texts of the commands on sweeps and of the questions asked of them."""

TEXTS = {
    "command.sweep": "Run the policies of a study in all of its worlds.",
    "command.status": "What ran, what failed and what is left.",
    "option.sweep_study": "Study file with policies and uncertainties.",
    "option.resume": "Go on with what is kept, and refuse where nothing is; the same command goes on in"
    " any case.",
    "option.retry_failed": "Run again what failed before.",
    "option.shard": "One part of the runs, such as 3/16: the same runs on every machine.",
    "option.status": "Results folder; all folders of results/ where none is given.",
    "shard_allowed": "i/n with 1 <= i <= n, such as 3/16",
    "nothing_to_resume": "{folder} holds nothing to go on with; leave out --resume to begin",
    "no_result": "{folder} is no result whose runs can be counted",
    "no_results": "There are no results here yet.",
    "progress.sweep": "Sweeping",
    "sweep_plan": "{worlds:,} worlds x {policies} policies x {replicates} replicates: {runs:,} different"
    " runs, {stored:,} of them stored, {failed:,} failed before. What is left takes about"
    " {minutes:,.1f} minutes with {jobs} at a time, and {megabytes:,.2f} MB.",
    "sweep_part": "{found:,} of {total:,} runs are there; what follows is about these.",
    "sweep_retry": "  run them again: the same command with --retry-failed",
    "table.sweep": "{title}: after {months} months, {worlds} worlds, {reps} replicates each",
    "column.most_worlds": "90% of worlds",
    "column.worlds": "worlds",
    "column.result": "result",
    "column.runs": "runs",
    "column.done": "done",
    "column.failed_count": "failed",
    "column.left": "left",
}
