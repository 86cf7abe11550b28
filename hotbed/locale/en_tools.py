"""English texts of the commands that look into files, results and the machine."""

TOOLS: dict[str, str] = {
    "command.schema": "Print JSON Schemas of scenario files, for editors.",
    "option.kind": "policy, community or scenario; all of them where it is not given.",
    "option.schema_out": "Folder that the schemas are written into.",
    "schema_written": "{path}: written. First line for your own files: {line}",
}
