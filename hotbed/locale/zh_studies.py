"""Chinese texts of the commands on sweeps and of the questions asked of them."""

TEXTS = {
    "command.sweep": "在研究文件的全部情境中运行各项政策。",
    "command.status": "已完成、失败和剩余的运行。",
    "option.sweep_study": "含政策与不确定因素的研究文件。",
    "option.resume": "从已保存处继续，若无已保存内容则拒绝；重复同一命令总会继续。",
    "option.retry_failed": "重新执行先前失败的运行。",
    "option.shard": "只执行其中一份，如 3/16；各台机器的划分相同。",
    "option.status": "结果文件夹；不给则为 results/ 下全部文件夹。",
    "shard_allowed": "应为 i/n，且 1 <= i <= n，如 3/16",
    "nothing_to_resume": "{folder} 中没有可继续的内容；去掉 --resume 即可开始",
    "no_result": "{folder} 不是可以统计运行的结果",
    "no_results": "这里还没有结果。",
    "progress.sweep": "扫描",
    "sweep_plan": "{worlds:,} 个情境 × {policies} 项政策 × {replicates} 次重复：{runs:,} 次不同的运行，"
    "其中 {stored:,} 次已保存，{failed:,} 次先前失败。其余约需 {minutes:,.1f} 分钟（同时 {jobs} 个），"
    "占 {megabytes:,.2f} MB。",
    "sweep_part": "已有 {found:,}/{total:,} 次运行；以下结果仅据此得出。",
    "sweep_retry": "  重新执行：同一命令加 --retry-failed",
    "table.sweep": "{title}：{months} 个月后，{worlds} 个情境，各重复 {reps} 次",
    "column.most_worlds": "90% 情境",
    "column.worlds": "情境数",
    "column.result": "结果",
    "column.runs": "运行数",
    "column.done": "已完成",
    "column.failed_count": "失败",
    "column.left": "剩余",
}
