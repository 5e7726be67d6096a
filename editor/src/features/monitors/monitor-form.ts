import type { EvaluatorSetup, MonitorReply } from '@heddle/core';

/** The form of a monitor, in the units of people: percent. */
export interface MonitorForm {
  readonly name: string;
  readonly workflow: string;
  readonly percent: number | undefined;
  readonly version: string;
  readonly channel: string;
  readonly withFailed: boolean;
  readonly evaluators: readonly EvaluatorSetup[];
  readonly runsPerDay: number | undefined;
  readonly costPerDay: number | undefined;
  readonly watchesDrift: boolean;
  readonly embedder: string;
}

/** A form without a monitor. */
export const freshMonitor: MonitorForm = {
  ...{ name: '', workflow: '', percent: 10, version: '', channel: '', withFailed: false, evaluators: [] },
  ...{ runsPerDay: 1_000, costPerDay: 1, watchesDrift: true, embedder: 'all-minilm-l6-v2' },
};

/** Reads a monitor into the form. */
export function monitorForm({ filter, share, ...monitor }: MonitorReply): MonitorForm {
  const { name, workflow, evaluators, runsPerDay, costPerDay, watchesDrift, embedder } = monitor;
  return {
    ...{ name, workflow, evaluators, runsPerDay, costPerDay, watchesDrift, embedder },
    percent: Number((share * 100).toPrecision(12)),
    version: filter.version === undefined ? '' : filter.version === 0 ? 'draft' : String(filter.version),
    channel: filter.channel ?? '',
    withFailed: filter.status.includes('failed'),
  };
}

/** The request of a form, for the schema to read. */
export function requestOf(form: MonitorForm): unknown {
  const { percent, version, channel, withFailed, name, ...same } = form;
  const wanted = version.trim().toLowerCase();
  return {
    ...same,
    name: name.trim(),
    share: percent === undefined ? undefined : percent / 100,
    filter: {
      ...(wanted === '' ? {} : { version: wanted === 'draft' ? 0 : Number(wanted) }),
      ...(channel.trim() === '' ? {} : { channel: channel.trim() }),
      status: withFailed ? ['done', 'failed'] : ['done'],
    },
  };
}
