"""Chinese texts of the commands that look into files, results and the machine."""

TOOLS: dict[str, str] = {
    "command.schema": "输出情景文件的JSON Schema，供编辑器使用。",
    "option.kind": "policy、community 或 scenario；不给出则为全部。",
    "option.schema_out": "写入schema的文件夹。",
    "schema_written": "{path}：已写入。您自己的文件首行可写：{line}",
}
