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
    "command.doctor": "Look at what is installed and what is missing, and say what to do.",
    "doctor.python": "Python",
    "doctor.communities": "places",
    "doctor.policies": "policies",
    "doctor.evidence": "evidence",
    "doctor.kernel cache": "kernel cache",
    "doctor.kernels": "kernels",
    "doctor.engine": "engine",
    "doctor.cores": "cores",
    "doctor.memory": "memory",
    "doctor.disk": "disk",
    "doctor.this folder": "this folder",
    "doctor.chinese font": "Chinese font (optional)",
    "doctor.browser": "browser (optional)",
    "doctor_python": "Install Python 3.12 or newer, then set up again: make setup.",
    "doctor_install": "Install it: make setup in a checkout, or python3 -m pip install"
    " --force-reinstall hotbed.",
    "doctor_pin": "Works; the checks passed with {pin}. Digests may differ from those of others.",
    "doctor_cache": "Set HOTBED_CACHE to a folder that can be written.",
    "doctor_compile": "The first run compiles them, once, in up to a minute: hotbed run"
    " starter-park --months 2.",
    "doctor_memory": "Run one at a time at full scale: --jobs 1.",
    "doctor_disk": "Free some space, or keep results elsewhere with --out.",
    "doctor_folder": "Results cannot be written here: change the folder or give --out.",
    "doctor_extra": "Only for that part: python3 -m pip install 'hotbed[{extra}]'.",
    "doctor_font": "Only for figures in Chinese: install a font such as Noto Sans CJK.",
    "doctor_browser": "Only for tests of pages: install Chromium. Reports open in any browser.",
    "doctor_able": "hotbed can run here.",
    "doctor_unable": "hotbed cannot run here yet: see what is marked ✗.",
    "doctor.writable": "writable",
    "doctor.compiled": "compiled",
}
