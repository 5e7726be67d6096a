// The clock of the database decides what is overdue. Each statement is harmless if it runs twice.

/** Retires workers that were silent for too long. Values: milliseconds. */
export const deadWorkersSql = (schema: string): string => `
  UPDATE ${schema}.workers SET state = 'retired'
  WHERE state <> 'retired' AND seen_at <= clock_timestamp() - $1 * interval '1 ms' RETURNING boot, name`;

/** Takes the owner from runs whose worker is retired or unknown: a claim may have been in progress when its worker was retired. */
export const orphansSql = (schema: string): string => `
  UPDATE ${schema}.runs r SET owner = NULL, ready_at = clock_timestamp(), hinted_at = NULL
  WHERE owner IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM ${schema}.workers w WHERE w.boot = r.owner AND w.state <> 'retired')
  RETURNING id AS "runId"`;

/** Removes workers a day after they were retired. */
export const forgottenWorkersSql = (schema: string): string =>
  `DELETE FROM ${schema}.workers WHERE state = 'retired' AND seen_at < clock_timestamp() - interval '1 day'`;

const ready = (schema: string): string => `
  SELECT number, id, needs, class, project, coalesce(workflow_id, '') AS workflow, status = 'queued' AS is_new, epoch
  FROM ${schema}.runs WHERE owner IS NULL AND status IN ('queued', 'running')
    -- A run that had an owner and was given back has no hint: it gets one at once.
    AND ((hinted_at IS NULL AND epoch > 0) OR coalesce(hinted_at, ready_at) <= clock_timestamp() - $1 * interval '1 ms')
  UNION ALL
  SELECT number, id, needs, class, project, coalesce(workflow_id, ''), false, epoch
  FROM ${schema}.runs WHERE wake_at <= extract(epoch FROM clock_timestamp()) * 1000 AND owner IS NULL AND status = 'suspended'
    AND (hinted_at IS NULL OR hinted_at <= clock_timestamp() - $1 * interval '1 ms')
  UNION
  -- Who answers or wakes a run hints it at once: it is hinted again if nobody came.
  SELECT r.number, r.id, r.needs, r.class, r.project, coalesce(r.workflow_id, ''), false, r.epoch
  FROM ${schema}.commands c JOIN ${schema}.runs r ON r.id = c.run
  WHERE c.settled_at IS NULL AND c.kind IN ('answer', 'wake') AND r.owner IS NULL AND r.status = 'suspended'
    AND greatest(c.sent_at, r.hinted_at) <= clock_timestamp() - $1 * interval '1 ms'`;

/** Removes commands a day after they were carried out. */
export const forgottenCommandsSql = (schema: string): string =>
  `DELETE FROM ${schema}.commands WHERE settled_at < clock_timestamp() - interval '1 day'`;

/** Free slots of each class, of all workers that take runs. Values: milliseconds until a worker counts as dead. */
export const freeSlotsSql = (schema: string): string => `
  WITH free AS (
    SELECT w.classes, greatest(0, w.slots - (SELECT count(*) FROM ${schema}.runs r WHERE r.owner = w.boot)) AS slots
    FROM ${schema}.workers w WHERE w.state = 'ready' AND w.seen_at > clock_timestamp() - $1 * interval '1 ms')
  SELECT class, sum(slots)::float8 AS slots FROM free, unnest(classes) AS class GROUP BY class`;

/**
 * Marks as hinted the runs that could continue and have had no hint for a while, and suspended runs whose time has come. Projects and
 * workflows alternate; a class gets at most twice as many hints as it has free slots. A run that no worker can run does not take a hint
 * from the runs behind it.
 *
 * Values: milliseconds without a hint, classes, how many hints of each class, milliseconds until a worker counts as dead.
 */
export const hintsSql = (schema: string): string => `
  WITH room AS (SELECT * FROM unnest($2::text[], $3::bigint[]) AS r(class, most)),
  ready AS (${ready(schema)}),
  able AS (
    SELECT class, needs FROM (SELECT DISTINCT class, needs FROM ready) r
    WHERE EXISTS (SELECT 1 FROM ${schema}.workers w WHERE w.state = 'ready' AND w.seen_at > clock_timestamp() - $4 * interval '1 ms'
      AND r.class = ANY(w.classes) AND r.needs <@ w.capabilities)),
  by_workflow AS (SELECT ready.*, row_number() OVER (PARTITION BY class, project, workflow ORDER BY is_new, number) AS workflow_position
    FROM ready JOIN able USING (class, needs)),
  by_project AS (SELECT w.*, row_number() OVER (PARTITION BY class, project ORDER BY is_new, workflow_position, number) AS project_position FROM by_workflow w),
  ordered AS (SELECT p.*, row_number() OVER (PARTITION BY class ORDER BY is_new, project_position, number) AS position FROM by_project p),
  chosen AS (SELECT o.* FROM ordered o JOIN room USING (class) WHERE o.position <= room.most),
  marked AS (
    UPDATE ${schema}.runs r SET hinted_at = clock_timestamp() FROM chosen c WHERE r.number = c.number AND r.owner IS NULL RETURNING r.number)
  SELECT c.id AS "runId", c.class, c.epoch::float8 AS epoch FROM chosen c JOIN marked USING (number) ORDER BY c.class, c.position`;

/** How many runs of each class and project wait, and how long the oldest has waited. */
export const waitingSql = (schema: string): string => `
  SELECT class, project, count(*)::float8 AS runs,
    greatest(0, extract(epoch FROM clock_timestamp() - min(ready_at)) * 1000)::float8 AS "oldestMs"
  FROM ${schema}.runs WHERE owner IS NULL AND status IN ('queued', 'running') GROUP BY class, project ORDER BY class, project`;
