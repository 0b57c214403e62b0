"""演示与测试自带的 PostgreSQL 与 Redis：起、停、在其中运行命令；生产不用。"""
