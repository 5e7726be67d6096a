import { HeddleError, withoutUndefined, type AnnotationQueue } from '@heddle/core';
import type { Command } from 'commander';
import type { Client } from '../client/http-call.js';
import { print, printJson, table } from '../output.js';
import { withClient } from './context.js';
import type { JsonOption } from './parse-argument.js';

/** `heddle queues list`. */
export async function listQueues({ json }: JsonOption, command: Command): Promise<void> {
  const { queues } = await withClient(command, ({ api }) => api.GET('/api/annotation-queues'));
  if (json === true) printJson(queues);
  else if (queues.length === 0) print('There is no annotation queue: make one in the editor, under Quality.');
  else
    print(
      ...table([
        ['id', 'name', 'done', 'items'],
        ...queues.map(({ id, name, done, items }) => [id, name, String(done), String(items)]),
      ]),
    );
}

interface AddOptions extends JsonOption {
  readonly run: readonly string[];
  readonly workflow?: string;
  readonly experiment?: string;
  readonly metric: readonly string[];
  readonly least?: number;
  readonly limit: number;
  readonly sample?: number;
}

/**
 * `heddle queues add`: adds runs by their ids, the newest runs of a workflow, or the runs on which the judges of an experiment disagree
 * most.
 */
export async function addToQueue(given: string, options: AddOptions, command: Command): Promise<void> {
  const { json, sample } = options;
  const chosen = chosenOf(options);
  const body = withoutUndefined({ ...chosen, sample });
  const reply = await withClient(command, async (client) => {
    const params = { path: { id: (await requireQueue(client, given)).id } };
    return client.api.POST('/api/annotation-queues/{id}/items', { params, body });
  });
  if (json === true) printJson(reply);
  else
    print(
      `${given}: ${reply.added} runs added, ${reply.known} there already, ${reply.above} above the clearance, ${reply.refused} refused.`,
    );
}

function chosenOf({ run, workflow, experiment, metric, least, limit }: AddOptions) {
  if ([run.length > 0, workflow !== undefined, experiment !== undefined].filter(Boolean).length !== 1)
    throw new HeddleError('usage', 'Name the runs by one of --run, --workflow and --experiment.');
  if (run.length > 0) return { runs: [...run] };
  if (workflow !== undefined) return { filter: { workflow, limit } };
  const metrics = metric.length === 0 ? undefined : [...metric];
  return { disagreement: withoutUndefined({ experiment: experiment ?? '', limit, metrics, least }) };
}

interface CalibrateOptions extends JsonOption {
  readonly experiment?: string;
  readonly monitor?: string;
  readonly criterion?: string;
  readonly judge: readonly string[];
}

/** `heddle queues calibrate`: shows how far judges agree with people's annotations in a queue. */
export async function calibrateByQueue(
  given: string,
  { json, experiment, monitor, criterion, judge }: CalibrateOptions,
  command: Command,
): Promise<void> {
  if ((experiment === undefined) === (monitor === undefined))
    throw new HeddleError('usage', 'Say whose judges: --experiment ID or --monitor ID.');
  const judges = judge.length === 0 ? undefined : [...judge];
  const body = withoutUndefined({ experiment, monitor, criterion, judges });
  const reply = await withClient(command, async (client) => {
    const params = { path: { id: (await requireQueue(client, given)).id } };
    return client.api.POST('/api/annotation-queues/{id}/calibration', { params, body });
  });
  if (json === true) printJson(reply);
  else
    for (const { name, pairs, calibration } of reply.judges)
      print(`${name}: ${pairs} answers of this queue. ${calibration.summary}`);
}

async function requireQueue({ api }: Client, given: string): Promise<Pick<AnnotationQueue, 'id'>> {
  const { queues } = await api.GET('/api/annotation-queues');
  const [first, ...others] = queues.filter(({ id, name }) => id === given || name === given);
  if (first === undefined)
    throw new HeddleError('not_found', `There is no queue '${given}': heddle queues list names them.`);
  if (others.length > 0) throw new HeddleError('usage', `Several queues have the name '${given}': name one by its id.`);
  return first;
}
