import { HeddleError, type ClusterReply } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../output.js';
import { withClient } from './context.js';
import type { JsonOption } from './parse-argument.js';

/** `heddle cluster [list]`: lists the processes on the database, and the runs that wait for one. */
export async function listCluster(options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async ({ api }) => show(await api.GET('/api/cluster'), options));
}

/** `heddle cluster drain PROCESS`: the process takes no more runs, and hands its runs over to others. */
export async function drainProcess(wanted: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async ({ api }) => {
    const id = idOf(wanted, await api.GET('/api/cluster'));
    const reply = await api.POST('/api/cluster/processes/{id}/drain', { params: { path: { id } } });
    if (options.json === true) printJson(reply);
    else print(`The process ${nameOf(id, reply)} drains: it takes no more runs. Its runs go to other processes.`);
  });
}

/** `heddle cluster undrain PROCESS`: the process takes runs again. */
export async function undrainProcess(wanted: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async ({ api }) => {
    const id = idOf(wanted, await api.GET('/api/cluster'));
    const reply = await api.DELETE('/api/cluster/processes/{id}/drain', { params: { path: { id } } });
    if (options.json === true) printJson(reply);
    else print(`The process ${nameOf(id, reply)} takes runs again.`);
  });
}

/** The id of the only process whose id or name begins with `wanted`. */
function idOf(wanted: string, { processes }: ClusterReply): string {
  const found = processes.filter(({ id, name }) => id.startsWith(wanted) || name.startsWith(wanted));
  const [one] = found;
  if (one === undefined || wanted === '')
    throw new HeddleError('process_not_found', `There is no process '${wanted}': heddle cluster lists them.`);
  if (found.length > 1)
    throw new HeddleError(
      'usage',
      `'${wanted}' matches ${found.length} processes: give more of the id (${found.map(({ id }) => id).join(', ')}).`,
    );
  return one.id;
}

const nameOf = (wanted: string, { processes }: ClusterReply): string =>
  processes.find(({ id }) => id === wanted)?.name ?? wanted;

function show(cluster: ClusterReply, { json }: JsonOption): void {
  if (json === true) {
    printJson(cluster);
    return;
  }
  const { isShared, processes, classes, missing, queue } = cluster;
  print(
    ...table([
      ['id', 'process', 'role', 'version', 'state', 'runs', 'classes', 'leases'],
      ...processes.map(({ id, name, role, version, state, runs, slots, classes: taken, leases }) => [
        ...[id.slice(0, 8), name, role, version, state],
        ...[slots === 0 ? '' : `${runs} of ${slots}`, taken.join(', '), leases.join(', ')],
      ]),
    ]),
  );
  if (!isShared) {
    print('', 'One process. For several, set HEDDLE_DATABASE_URL (docs/scale.md).');
    return;
  }
  print(
    '',
    ...table([
      ['class', 'free slots', 'waiting', 'longest'],
      ...classes.map(({ class: name, slots, waiting, oldestSeconds }) => [
        ...[name, `${slots.free} of ${slots.all}`, String(waiting), `${Math.round(oldestSeconds)} s`],
      ]),
    ]),
    ...missing.map(({ runs, error }) => `${runs === 1 ? '1 run waits' : `${runs} runs wait`}: ${error.message}`),
    ...(queue?.error === undefined ? [] : [queue.error.message]),
  );
}
