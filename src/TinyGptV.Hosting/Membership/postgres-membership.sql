-- The membership of clusters in PostgreSQL 12 or newer. Runs in one transaction; safe to run again.
--
-- Orleans' ADO.NET provider ships no schema: it reads the statements to execute from the table "orleansquery", by key, and passes
-- the parameters @DeploymentId (the cluster), @Address, @Port, @Generation (together a silo), @SiloName, @HostName,
-- @Status, @ProxyPort (the gateway's, 0 for none), @StartTime, @IAmAliveTime, @SuspectTimes and @Version. Everything else is ours.
-- Every write of a silo's state names the table version it is based on; only one writer can raise it (optimistic locking).

SELECT pg_advisory_xact_lock(7102351); -- serialises silos that start together

CREATE SCHEMA IF NOT EXISTS tinygptv;
SET LOCAL search_path TO tinygptv;

CREATE TABLE IF NOT EXISTS cluster (
    cluster_id text PRIMARY KEY,
    version    integer NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS silo (
    cluster_id    text NOT NULL REFERENCES cluster ON DELETE CASCADE,
    address       text NOT NULL,
    port          integer NOT NULL,
    generation    integer NOT NULL,
    silo_name     text NOT NULL,
    host_name     text NOT NULL,
    status        integer NOT NULL,
    gateway_port  integer NOT NULL,
    suspect_times text,
    started       timestamptz NOT NULL,
    last_alive    timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

CREATE TABLE IF NOT EXISTS orleansquery (
    querykey  text PRIMARY KEY,
    querytext text NOT NULL
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('SchemaVersion', '1'),

('InsertMembershipVersionKey', $$
    WITH added AS (
        INSERT INTO cluster (cluster_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING cluster_id)
    SELECT EXISTS (SELECT FROM added)
$$),

('InsertMembershipKey', $$
    WITH raised AS (
        UPDATE cluster SET version = version + 1
        WHERE cluster_id = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT FROM silo WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING cluster_id),
    added AS (
        INSERT INTO silo (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started, last_alive)
        SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised
        RETURNING cluster_id)
    SELECT EXISTS (SELECT FROM added)
$$),

('UpdateMembershipKey', $$
    WITH raised AS (
        UPDATE cluster SET version = version + 1
        WHERE cluster_id = @DeploymentId AND version = @Version AND EXISTS (
            SELECT FROM silo WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING cluster_id),
    changed AS (
        UPDATE silo SET status = @Status, suspect_times = @SuspectTimes, last_alive = @IAmAliveTime
        FROM raised
        WHERE silo.cluster_id = raised.cluster_id AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING silo.cluster_id)
    SELECT EXISTS (SELECT FROM changed)
$$),

('UpdateIAmAlivetimeKey', $$
    UPDATE silo SET last_alive = @IAmAliveTime
    WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),

-- A cluster without silos is one row with only the version set.
('MembershipReadAllKey', $$
    SELECT address AS "Address", port AS "Port", generation AS "Generation", silo_name AS "SiloName", host_name AS "HostName",
           status AS "Status", gateway_port AS "ProxyPort", suspect_times AS "SuspectTimes", started AS "StartTime",
           last_alive AS "IAmAliveTime", version AS "Version"
    FROM cluster LEFT JOIN silo USING (cluster_id)
    WHERE cluster_id = @DeploymentId
$$),

('MembershipReadRowKey', $$
    SELECT address AS "Address", port AS "Port", generation AS "Generation", silo_name AS "SiloName", host_name AS "HostName",
           status AS "Status", gateway_port AS "ProxyPort", suspect_times AS "SuspectTimes", started AS "StartTime",
           last_alive AS "IAmAliveTime", version AS "Version"
    FROM cluster LEFT JOIN silo
        ON silo.cluster_id = cluster.cluster_id AND address = @Address AND port = @Port AND generation = @Generation
    WHERE cluster.cluster_id = @DeploymentId
$$),

('GatewaysQueryKey', $$
    SELECT address AS "Address", gateway_port AS "ProxyPort", generation AS "Generation"
    FROM silo WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0
$$),

('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM silo WHERE cluster_id = @DeploymentId AND status = 6 AND last_alive < @IAmAliveTime
$$),

('DeleteMembershipTableEntriesKey', $$
    DELETE FROM cluster WHERE cluster_id = @DeploymentId
$$)
ON CONFLICT (querykey) DO UPDATE SET querytext = EXCLUDED.querytext;
