# 医养结合门户：所有命令都在这里，手工与 CI 用同一套。
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m yiyang.local
DEMO_READY := $(VENV)/demo-ready
DEV_READY := $(VENV)/dev-ready
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo demo-check manage test lint format check bench screenshots stop clean

help: ## 列出所有命令
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

demo: $(DEMO_READY) ## 装好一切，载入演示城市，在本机打开门户（Ctrl-C 停止）
	@$(RUN) demo

demo-check: $(DEMO_READY) ## 同 demo，但只登录取一次目标表便退出
	@$(RUN) demo-check

manage: $(DEMO_READY) ## 在演示库上运行管理命令：make manage ARGS="targets --as-of 2017-12-31"
	@$(RUN) manage $(ARGS)

test: $(DEV_READY) ## 从零起真实的 PostgreSQL 与 Redis，运行全部测试：可加 ARGS="-k 签约"
	@$(RUN) test $(ARGS)

lint: $(DEV_READY) ## 检查写法、排版、类型、导入方向与模板缩进
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	@$(RUN) types
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djhtml --check --tabwidth 2 templates

format: $(DEV_READY) ## 自动排版代码与模板
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/djhtml --tabwidth 2 templates

check: $(DEV_READY) ## 生产设置检查（check --deploy）与缺失的迁移
	@$(RUN) check

bench: $(DEV_READY) ## 与数据库的下限比速度：make bench ARGS="snapshot --rows 77000 --json"
	@$(RUN) bench $(ARGS)

screenshots: $(DEV_READY) ## 用 Chromium 给演示页面截图到 docs/screenshots
	@$(RUN) screenshots

stop: $(DEMO_READY) ## 停止本检出的演示
	@$(RUN) stop

clean: $(DEMO_READY) ## 停止演示并清除它的数据、密钥与环境
	@$(RUN) clean
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '需要 Python 3.11 或更高：请安装后重试，或用 make PYTHON=/路径/python3.11'; exit 1; }
	@echo '建立 Python 环境 …'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo '建不了 Python 环境：请安装 venv（Debian：apt-get install python3-venv）'; exit 1; }

$(DEMO_READY): requirements.txt requirements-demo.txt | $(VENV)/bin/python
	@echo '安装依赖（首次约一两分钟）…'
	@$(VENV)/bin/python -m pip install --disable-pip-version-check --no-input -r requirements-demo.txt
	@touch $@

$(DEV_READY): requirements.txt requirements-demo.txt requirements-dev.txt | $(VENV)/bin/python
	@echo '安装开发依赖 …'
	@$(VENV)/bin/python -m pip install --disable-pip-version-check --no-input -r requirements-dev.txt
	@touch $@ $(DEMO_READY)
