/** Milliseconds from the acceptance of each run to its first node. */
export async function beginTimes(cluster, runIds) {
  const rows = await cluster.rows(
    `SELECT min(coalesce(e.start_time, e.time)) - min(r.accepted_at) AS ms FROM heddle.runs r
      JOIN heddle.records e ON e.run = r.number WHERE r.id = ANY($1) AND e.path IS NOT NULL GROUP BY r.id`,
    runIds,
  );
  if (rows.length !== runIds.length) throw new Error(`${runIds.length - rows.length} runs did not begin.`);
  return rows.map(({ ms }) => Number(ms));
}
