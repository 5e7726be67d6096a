import { usualEmbedder, type EvaluatorSetup, type MonitorReply, type RelearnRule } from '@heddle/core';

/** A monitor as the form holds it; the share of runs is a percentage. */
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
  /** The id of an experiment. If it is empty, drift is only reported. */
  readonly relearnFrom: string;
  readonly relearnBudget: number | undefined;
}

/** The form of a new monitor. */
export const freshMonitor: MonitorForm = {
  name: '',
  workflow: '',
  percent: 10,
  version: '',
  channel: '',
  withFailed: false,
  evaluators: [],
  runsPerDay: 1_000,
  costPerDay: 1,
  watchesDrift: true,
  embedder: usualEmbedder,
  relearnFrom: '',
  relearnBudget: 10,
};

export function monitorForm({ filter, share, relearn, ...monitor }: MonitorReply): MonitorForm {
  const { name, workflow, evaluators, runsPerDay, costPerDay, watchesDrift, embedder } = monitor;
  return {
    name,
    workflow,
    evaluators,
    runsPerDay,
    costPerDay,
    watchesDrift,
    embedder,
    percent: Number((share * 100).toPrecision(12)),
    version: filter.version === undefined ? '' : filter.version === 0 ? 'draft' : String(filter.version),
    channel: filter.channel ?? '',
    withFailed: filter.status.includes('failed'),
    relearnFrom: relearn?.experiment ?? '',
    relearnBudget: relearn?.budget ?? freshMonitor.relearnBudget,
  };
}

/** The request of a form, not yet validated by the schema. */
export function requestOf(form: MonitorForm): unknown {
  const { percent, version, channel, withFailed, name, relearnFrom, relearnBudget, ...same } = form;
  const wanted = version.trim().toLowerCase();
  return {
    ...same,
    name: name.trim(),
    relearn:
      relearnFrom === '' || !form.watchesDrift
        ? undefined
        : ({ experiment: relearnFrom, budget: relearnBudget } as Partial<RelearnRule>),
    share: percent === undefined ? undefined : percent / 100,
    filter: {
      ...(wanted === '' ? {} : { version: wanted === 'draft' ? 0 : Number(wanted) }),
      ...(channel.trim() === '' ? {} : { channel: channel.trim() }),
      status: withFailed ? ['done', 'failed'] : ['done'],
    },
  };
}
