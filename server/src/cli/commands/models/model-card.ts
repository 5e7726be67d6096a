import type { ModelReport, ModelResult } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { withClient } from '../context.js';
import { figure } from '../experiments/experiment-lines.js';

/** `heddle models card`: shows what this installation's runs and experiments say about a model. */
export async function showModelCard(id: string, options: { readonly json?: true }, command: Command): Promise<void> {
  const report = await withClient(command, ({ api }) => api.GET('/api/models/{id}/card', { params: { path: { id } } }));
  if (options.json === true) printJson(report);
  else print(...cardLines(report));
}

function cardLines({ id, model, latency, results, hasMore }: ModelReport): string[] {
  const speed = model?.speed === undefined ? [] : [`${figure(model.speed.tokensPerSecond)} tokens/s here`];
  const first = latency?.firstTokenP50 === undefined ? [] : [`first token after ${figure(latency.firstTokenP50)} ms`];
  const memory = model?.needMb === undefined ? [] : [`about ${figure(model.needMb)} MB of memory`];
  const facts = [...speed, ...first, ...memory];
  return [
    `${model?.card.title ?? id}: ${facts.length === 0 ? 'not measured yet' : facts.join(', ')}.`,
    ...(results.length === 0
      ? ['No experiment that you may read has measured it: heddle eval --grid node.model=…']
      : table([['dataset', 'metric', 'mean', '95 %', 'rows', 'measured', 'experiment'], ...results.map(rowOf)])),
    ...(hasMore ? ['Older results are in their experiments.'] : []),
  ];
}

const rowOf = ({ dataset, metric, mean, interval, rows, measuredAt, experiment, variant }: ModelResult): string[] => [
  `${dataset.name} v${dataset.version}`,
  metric.name,
  figure(mean),
  interval === undefined ? '' : `${figure(interval.low)} to ${figure(interval.high)}`,
  String(rows),
  new Date(measuredAt).toISOString().slice(0, 10),
  `${experiment.id} ${variant.name}`,
];
