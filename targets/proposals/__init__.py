"""建议提案: from registering one to archiving its answer, with the figures the answer uses."""
