"""数据质量: checks on the registers, counted by every run."""
