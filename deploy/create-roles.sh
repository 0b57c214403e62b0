#!/bin/sh
# 数据库首次启动时建立两个角色与库；都不是超级用户。属主建表，应用角色只用表。
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" <<'SQL'
CREATE ROLE yiyang_owner LOGIN NOSUPERUSER PASSWORD :'owner';
CREATE ROLE yiyang_app LOGIN NOSUPERUSER PASSWORD :'app';
CREATE DATABASE yiyang OWNER yiyang_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE yiyang FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE yiyang TO yiyang_app;
SQL
