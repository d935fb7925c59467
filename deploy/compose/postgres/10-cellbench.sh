#!/bin/sh
# Run once by the image, on an empty data folder: a role without special rights, and the database that it owns.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/db_password)" --username "$POSTGRES_USER" <<'SQL'
CREATE ROLE cellbench LOGIN PASSWORD :'password';
CREATE DATABASE cellbench OWNER cellbench ENCODING 'UTF8';
REVOKE ALL ON DATABASE cellbench FROM PUBLIC;
SQL
