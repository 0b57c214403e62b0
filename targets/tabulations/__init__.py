"""统计表: statistical tables by region from one stored run, and line lists by district."""
