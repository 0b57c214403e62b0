#!/usr/bin/env bash
# 用法：YIYANG_URL=https://… YIYANG_TOKEN=yy_… ./quick_start.sh
set -euo pipefail
api="$YIYANG_URL/api/v1"
authorization="Authorization: Bearer $YIYANG_TOKEN"

# 一页机构，只要编码、名称、状态
curl --fail --silent -H "$authorization" "$api/institutions/?limit=3&fields=code,name,status"
echo

# 整册床位，一行一条
curl --fail --silent -H "$authorization" -H "Accept: application/x-ndjson" "$api/beds/" > beds.ndjson
wc -l < beds.ndjson

# 指标结果：分子、分母、判定、条款、量度批次
curl --fail --silent -H "$authorization" "$api/values/?indicator=GC17&limit=1"
echo
