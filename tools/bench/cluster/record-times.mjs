/** Reads the times of all records of runs, in order, by the id of the run, in milliseconds. */
export async function recordTimes(cluster, runIds) {
  const rows = await cluster.rows(
    'SELECT r.id, e.time FROM heddle.runs r JOIN heddle.records e ON e.run = r.number WHERE r.id = ANY($1) ORDER BY r.id, e.seq',
    runIds,
  );
  const times = new Map(runIds.map((runId) => [runId, []]));
  for (const { id, time } of rows) times.get(id).push(Number(time));
  return times;
}

/** Gives the milliseconds from a moment to the next record of each run. Throws if a run has none. */
export function nextAfter(times, moment) {
  return [...times].map(([runId, list]) => {
    const next = list.find((time) => time > moment);
    if (next === undefined) throw new Error(`The run ${runId} has no record after the fault.`);
    return next - moment;
  });
}

/** Gives the milliseconds between consecutive records, if the later one lies within the span. */
export function gapsWithin(list, from, to) {
  const gaps = [];
  for (const [index, time] of list.entries())
    if (index > 0 && time >= from && list[index - 1] <= to) gaps.push(time - list[index - 1]);
  return gaps;
}

/**
 * Gives the longest time without a record within the span for each run, in milliseconds. Runs that had ended before the span do not count.
 */
export function silences(times, from, to) {
  return [...times.values()]
    .map((list) => gapsWithin(list, from, to))
    .flatMap((gaps) => (gaps.length === 0 ? [] : [Math.max(...gaps)]));
}
