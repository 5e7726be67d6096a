import { createServer } from 'node:http';

/** Opens the outside world of the workers: a server that records every request and answers each with a new value. */
export async function openLedger() {
  const entries = [];
  const server = createServer((request, reply) => {
    const { pathname, searchParams } = new URL(request.url, 'http://ledger');
    const entry = { execution: decodeURIComponent(pathname.slice(1)), key: searchParams.get('key'), at: Date.now() };
    entries.push({ ...entry, value: `value-${entries.length}` });
    const { value } = entries.at(-1);
    setTimeout(() => reply.end(value), 20);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    entries,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/**
 * Describes the faults that it finds: lost runs, results that were computed again after they had been stored, effects with more than one
 * key, gaps. `ended` contains the events of each accepted run.
 */
export function findFaults(ended, entries, effectsARun) {
  const faults = [];
  const byExecution = Map.groupBy(entries, ({ execution }) => execution);
  for (const [runId, events] of ended) {
    const end = events.at(-1);
    if (end?.type !== 'run-end' || end.status !== 'done') faults.push(`${runId} is not done: ${JSON.stringify(end)}`);
    if (events.some(({ seq }, at) => seq !== at + 1)) faults.push(`${runId} has a gap`);
    const steps = events.filter(({ type, key }) => type === 'node-step' && key === 'call');
    if (steps.length !== effectsARun) faults.push(`${runId} has ${steps.length} results, not ${effectsARun}`);
    if (new Set(steps.map(({ path }) => path)).size !== steps.length) faults.push(`${runId} has a result twice`);
    for (const { path, time, value } of steps) {
      const requests = byExecution.get(`${runId} ${path}`) ?? [];
      if (new Set(requests.map(({ key }) => key)).size !== 1) faults.push(`${runId} ${path} has not one key`);
      if (!requests.some((entry) => entry.value === value.value))
        faults.push(`${runId} ${path} has a result of nobody`);
      if (requests.some(({ at }) => at > time))
        faults.push(`${runId} ${path} was asked again after its result was stored`);
    }
  }
  return faults;
}
