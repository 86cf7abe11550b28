"""Claims of the articles as experiments: from study files to verdicts."""
