// A worker that counts as dead claims nothing, so that no run is assigned to a worker that has ended.
const takes = (schema: string, className: string, boot: string, deadMs: string): string =>
  `EXISTS (SELECT 1 FROM ${schema}.workers w WHERE w.boot = ${boot}::uuid AND w.state = 'ready' AND ${className} = ANY(w.classes)
    AND w.seen_at > clock_timestamp() - ${deadMs} * interval '1 ms')`;

const columns = 'id AS "runId", epoch::float8 AS epoch, last_seq::float8 AS "lastSeq", class';
/** Undefined for a suspended run, because it was not waiting for a worker. */
const waited = `CASE WHEN status IN ('queued', 'running')
  THEN greatest(0, extract(epoch FROM clock_timestamp() - ready_at) * 1000)::float8 END AS "waitedMs"`;

/** Values: run, boot, id of the request, capabilities, milliseconds until a worker counts as dead. */
export const claimSql = (schema: string): string => `
  UPDATE ${schema}.runs SET owner = $2, epoch = epoch + CASE WHEN claim = $3 THEN 0 ELSE 1 END, claim = $3
  WHERE id = $1 AND ${takes(schema, 'runs.class', '$2', '$5::float8')} AND ((owner = $2 AND claim = $3)
    OR (owner IS NULL AND needs <@ $4::text[] AND status IN ('queued', 'running', 'suspended')))
  RETURNING ${columns}, ${waited}`;

/** Runs that can continue at once. Both parts of the condition are written as in the index `runs_ready`, so that it is used. */
const isReady = "owner IS NULL AND status IN ('queued', 'running')";
const workflow = "coalesce(workflow_id, '')";

/** Suspended runs without an owner for which a command has an answer or a wake. */
const answered = (schema: string): string => `${schema}.commands c JOIN ${schema}.runs r ON r.id = c.run
    WHERE c.settled_at IS NULL AND c.kind IN ('answer', 'wake') AND r.owner IS NULL AND r.status = 'suspended'`;

/** The classes that the claiming worker takes. */
const ofClasses = (schema: string, className: string): string =>
  `${className} = ANY((SELECT classes FROM ${schema}.workers WHERE boot = $1)::text[])`;

const longAgo = (time: string): string => `${time} <= clock_timestamp() - $6::float8 * interval '1 ms'`;

/**
 * Selects the claimable runs whose project and workflow have the fewest runs in progress. Each pair of project and workflow is found by one
 * step in the index and contributes a few runs, so a long queue in one project does not slow down the others.
 *
 * Values: boot, id of the request, capabilities, milliseconds until a worker counts as dead, how many runs, milliseconds that a run must
 * have been ready.
 */
export const claimNextSql = (schema: string): string => `
  WITH RECURSIVE pairs AS (
    (SELECT project, ${workflow} AS workflow FROM ${schema}.runs WHERE ${isReady} ORDER BY project, ${workflow} LIMIT 1)
    UNION ALL
    SELECT n.project, n.workflow FROM pairs p CROSS JOIN LATERAL (
      SELECT project, ${workflow} AS workflow FROM ${schema}.runs
      WHERE ${isReady} AND (project, ${workflow}) > (p.project, p.workflow) ORDER BY project, ${workflow} LIMIT 1) n),
  mine AS (SELECT number FROM ${schema}.runs WHERE owner = $1 AND claim = $2),
  busy AS (SELECT project, ${workflow} AS workflow, count(*) AS runs FROM ${schema}.runs WHERE owner IS NOT NULL GROUP BY 1, 2),
  candidates AS (
    SELECT r.* FROM pairs p CROSS JOIN LATERAL (
      SELECT number, project, ${workflow} AS workflow, status = 'queued' AS is_new FROM ${schema}.runs
      WHERE project = p.project AND ${workflow} = p.workflow AND ${isReady} AND needs <@ $3::text[]
        AND ${ofClasses(schema, 'class')} AND ${longAgo('ready_at')}
      ORDER BY status = 'queued', number LIMIT $5::bigint * 2) r
    UNION ALL
    (SELECT number, project, ${workflow}, false FROM ${schema}.runs
     WHERE wake_at <= extract(epoch FROM clock_timestamp()) * 1000 - $6::float8 AND owner IS NULL AND status = 'suspended'
       AND needs <@ $3::text[] AND ${ofClasses(schema, 'class')} ORDER BY wake_at LIMIT $5::bigint * 2)
    UNION
    (SELECT r.number, r.project, coalesce(r.workflow_id, ''), false FROM ${answered(schema)}
       AND r.needs <@ $3::text[] AND ${ofClasses(schema, 'r.class')} AND ${longAgo('c.sent_at')} LIMIT $5::bigint * 2)),
  by_workflow AS (
    SELECT c.*, coalesce(b.runs, 0)
      + row_number() OVER (PARTITION BY c.project, c.workflow ORDER BY c.is_new, c.number) AS workflow_position
    FROM candidates c LEFT JOIN busy b ON b.project = c.project AND b.workflow = c.workflow),
  by_project AS (
    SELECT w.*, coalesce((SELECT sum(b.runs) FROM busy b WHERE b.project = w.project), 0)
      + row_number() OVER (PARTITION BY w.project ORDER BY w.is_new, w.workflow_position, w.number) AS project_position
    FROM by_workflow w),
  locked AS (
    SELECT r.number FROM by_project p JOIN ${schema}.runs r ON r.number = p.number
    WHERE r.owner IS NULL AND r.status IN ('queued', 'running', 'suspended') AND ${takes(schema, 'r.class', '$1', '$4::float8')}
    ORDER BY p.is_new, p.project_position, p.number
    LIMIT greatest(0, $5::bigint - (SELECT count(*) FROM mine)) FOR UPDATE OF r SKIP LOCKED),
  claimed AS (
    UPDATE ${schema}.runs r SET owner = $1, epoch = epoch + 1, claim = $2 FROM locked WHERE r.number = locked.number
    RETURNING r.number, r.id, r.epoch, r.last_seq, r.class, r.status, r.ready_at)
  SELECT ${columns}, ${waited} FROM claimed
  UNION ALL SELECT ${columns}, ${waited} FROM ${schema}.runs WHERE number IN (SELECT number FROM mine)`;
