-- Roles with the least rights, for a database `cellbench` that is there. Run once by a superuser:
--   psql --set ON_ERROR_STOP=1 --dbname cellbench --file roles.sql
-- Then give each role its password with \password, which keeps it out of the server's log.
BEGIN;

CREATE ROLE cellbench_owner LOGIN;   -- owns the tables; only `cellbench db upgrade` logs in as this one
CREATE ROLE cellbench LOGIN;         -- node and web: rows, never tables
CREATE ROLE cellbench_reader LOGIN;  -- notebooks, Grafana: reads
CREATE ROLE cellbench_backup LOGIN;  -- pg_dump

DO $$ BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO cellbench_owner, cellbench, cellbench_reader, cellbench_backup', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO cellbench_owner;
GRANT USAGE ON SCHEMA public TO cellbench, cellbench_reader;

-- Whatever the owner creates, now and in every later upgrade
ALTER DEFAULT PRIVILEGES FOR ROLE cellbench_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cellbench;
ALTER DEFAULT PRIVILEGES FOR ROLE cellbench_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO cellbench;
ALTER DEFAULT PRIVILEGES FOR ROLE cellbench_owner IN SCHEMA public GRANT SELECT ON TABLES TO cellbench_reader;
GRANT pg_read_all_data TO cellbench_backup;

-- A statement that hangs is ended rather than kept for ever; one backup may take its time.
ALTER ROLE cellbench SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE cellbench_reader SET statement_timeout = '10min';
ALTER ROLE cellbench_reader SET default_transaction_read_only = on;

COMMIT;
