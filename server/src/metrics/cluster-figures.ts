import type { ClusterClass, ClusterReply } from '@heddle/core';
import type { Metric, Registry } from 'prom-client';
import type { PromClient } from './run-figures.js';

interface ClusterFigureSource {
  readonly isShared: boolean;
  read(): Promise<ClusterReply>;
}

const waitName = 'heddle_queue_wait_seconds';

/**
 * Figures of all processes on one database. Every process reads the same figures from the database, so aggregate instances with `max`, not
 * `sum`. A Heddle with a single process does not have them.
 */
export function createClusterFigures({ Gauge }: PromClient, registry: Registry, source: ClusterFigureSource) {
  const gauge = <Name extends string = never>(name: string, help: string, ...labelNames: Name[]) =>
    new Gauge({ name: `heddle_${name}`, help, labelNames, registers: [registry] });
  const slots = gauge('slots', 'Slots for runs of a class, of all processes that take it.', 'class', 'state');
  const runs = gauge(
    'queue_runs',
    'Waiting runs of a class; missing ones need a capability that no process has.',
    'class',
    'state',
  );
  const oldest = gauge('queue_oldest_seconds', 'Waiting time of the oldest run that a process can take.', 'class');
  const workers = gauge('workers', 'Processes that take runs, by their state.', 'state');
  const fault = gauge('queue_fault', '1 while the server with hints and live text (Redis) cannot be used.');
  const waits = createWaits();
  registry.registerMetric(waits.metric);

  return async (): Promise<void> => {
    for (const each of [slots, runs, oldest, workers, fault]) each.reset();
    waits.set([]);
    if (!source.isShared) return;
    const found = await source.read().catch(() => undefined);
    if (found === undefined) return;
    for (const { class: name, slots: of, waiting, missing, oldestSeconds } of found.classes) {
      slots.set({ class: name, state: 'free' }, of.free);
      slots.set({ class: name, state: 'used' }, of.all - of.free);
      runs.set({ class: name, state: 'waiting' }, waiting - missing);
      runs.set({ class: name, state: 'missing' }, missing);
      oldest.set({ class: name }, oldestSeconds);
    }
    const takers = found.processes.filter((process) => process.slots > 0);
    for (const state of ['ready', 'draining', 'silent'] as const)
      workers.set({ state }, takers.filter((process) => process.state === state).length);
    if (found.queue !== undefined) fault.set(found.queue.status === 'ok' ? 0 : 1);
    waits.set(found.classes);
  };
}

/** A histogram whose values were counted elsewhere; the library's histograms count only their own. */
function createWaits(): { readonly metric: Metric; set(classes: readonly ClusterClass[]): void } {
  let classes: readonly ClusterClass[] = [];
  const about = {
    name: waitName,
    help: 'How long runs of a class waited for a process.',
    type: 'histogram',
    aggregator: 'max',
    labelNames: ['class'],
  };
  const metric = {
    ...about,
    get: () => Promise.resolve({ ...about, values: classes.flatMap(samplesOf) }),
    reset: () => (classes = []),
  };
  return {
    // The type requires a class of the library, but the registry uses only these members.
    metric: metric as unknown as Metric,
    set: (next) => (classes = next),
  };
}

function samplesOf({ class: name, waits: { runs, seconds, buckets } }: ClusterClass) {
  const bucket = (le: number | '+Inf', value: number) => ({
    metricName: `${waitName}_bucket`,
    labels: { class: name, le },
    value,
  });
  return [
    ...buckets.map((each) => bucket(each.seconds, each.runs)),
    bucket('+Inf', runs),
    { metricName: `${waitName}_sum`, labels: { class: name }, value: seconds },
    { metricName: `${waitName}_count`, labels: { class: name }, value: runs },
  ];
}
