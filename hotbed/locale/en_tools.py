"""English texts of the commands that look into files, results and the machine."""

TOOLS: dict[str, str] = {
    "command.schema": "Print JSON Schemas of scenario files, for editors.",
    "option.kind": "policy, community or scenario; all of them where it is not given.",
    "option.schema_out": "Folder that the schemas are written into.",
    "schema_written": "{path}: written. First line for your own files: {line}",
    "command.verify": "Check that a result's files are as they were and that its runs come"
    " out the same.",
    "option.result": "Folder that hotbed compare or hotbed run --out wrote.",
    "option.verify_runs": "Run only so many again, a keyed sample over all policies; all by"
    " default.",
    "progress.verify": "Running again",
    "verify_nothing": "{folder} holds no finished run",
    "verify_bad_files": "{count} file(s) of {folder} are not as the manifest says; nothing"
    " was run again",
    "verify_changed": "{path}: was changed",
    "verify_missing": "{path}: is missing",
    "verify_foreign": "{path}: is foreign, the manifest does not know it",
    "verify_advice": "Take foreign files away; what was changed or is missing comes back"
    " when the command that made the result is given again with another --out.",
    "verify_files": "Files: {count} named by the manifest, all as they were.",
    "verify_unfinished": "The result is not finished: the command that made it goes on"
    " where it stopped.",
    "verify_runs": "Runs: {checked} of {known} run again from the manifest.",
    "verify_sample": "  A keyed sample that takes the policies in turn; the other runs were"
    " not run again.",
    "verify_exact": "  {count} equal bit for bit: final state, all indicators, all firms' fates.",
    "verify_close": "  {count} equal to 1e-9 relative in every indicator and month.",
    "verify_circumstances": "  Changed since then: {changes}",
    "verify_differs": "  {policy}, seed {seed}: {reason} differ, most in {indicator} of"
    " month {month}, by {relative:.3g} relative",
    "verify_digest": "  {policy}, seed {seed}: {reason} differs",
    "verify_more": "  and {count} more",
    "verify_bit_for_bit": "Verified bit for bit.",
    "verify_closely": "Verified to 1e-9 relative: platform or versions are not those of the"
    " result.",
    "verify_refuted": "NOT VERIFIED: what was run again is not what is stored.",
    "verify_commit": "  The result was made with the sources of commit {commit}",
}
