-- Who may do what. Run as the owner of the schema after every `reformwatch db upgrade`, any number of times:
--   psql --set ON_ERROR_STOP=1 --set writer_password=… --set reader_password=… --file roles.sql
-- owner:  the role that runs this and the upgrades; nothing else uses it
-- writer: crawler, processor and alerts; changes rows, never the schema
-- reader: other programs; reads the versioned views and can do nothing else

BEGIN;
SELECT pg_advisory_xact_lock(1592776316) \g /dev/null

SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['reformwatch_writer', 'reformwatch_reader']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE reformwatch_writer PASSWORD :'writer_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE reformwatch_reader PASSWORD :'reader_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
\gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO reformwatch_writer, reformwatch_reader', current_database())
\gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO reformwatch_writer, reformwatch_reader;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reformwatch_writer;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO reformwatch_writer;
-- The schema's version is the owner's affair.
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM reformwatch_writer;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM reformwatch_reader;
SELECT format('GRANT SELECT ON %I TO reformwatch_reader', viewname) FROM pg_views
WHERE schemaname = 'public' AND viewname ~ '_v[0-9]+$'
\gexec

ALTER ROLE reformwatch_writer SET search_path = public;
ALTER ROLE reformwatch_reader SET search_path = public;
ALTER ROLE reformwatch_reader SET default_transaction_read_only = on;
-- The reader can raise this for itself; it protects against a forgotten query, not against a hostile one.
ALTER ROLE reformwatch_reader SET statement_timeout = '60s';
ALTER ROLE reformwatch_reader CONNECTION LIMIT 20;
COMMIT;
