/** Reads when each run was accepted and when its first node began, in milliseconds. */
export async function readBegins(cluster, runIds) {
  const rows = await cluster.rows(
    `SELECT min(coalesce(e.start_time, e.time)) AS begun, min(r.accepted_at) AS accepted FROM heddle.runs r
      JOIN heddle.records e ON e.run = r.number WHERE r.id = ANY($1) AND e.path IS NOT NULL GROUP BY r.id`,
    runIds,
  );
  if (rows.length !== runIds.length) throw new Error(`${runIds.length - rows.length} runs did not begin.`);
  return rows.map(({ begun, accepted }) => ({ begun: Number(begun), accepted: Number(accepted) }));
}

/** Gives the milliseconds from the acceptance of each run to its first node. */
export async function beginTimes(cluster, runIds) {
  return (await readBegins(cluster, runIds)).map(({ begun, accepted }) => begun - accepted);
}
