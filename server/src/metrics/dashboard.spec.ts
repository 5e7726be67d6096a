import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as prometheus from 'prom-client';
import { parse } from 'yaml';
import { createClusterFigures } from './cluster-figures.js';
import { createRequestFigures } from './request-figures.js';
import { createRunFigures } from './run-figures.js';
import { createStateFigures, type StateSources } from './state-figures.js';

const textOf = (file: string): string => readFileSync(new URL(`../../../deploy/${file}`, import.meta.url), 'utf8');

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** The expressions with which the dashboard and the alerts query Prometheus. */
function expressions(): readonly string[] {
  const { panels } = JSON.parse(textOf('grafana/heddle.json')) as { readonly panels: readonly Panel[] };
  const alerts = parse(textOf('prometheus/alerts.yml')) as {
    readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
  };
  return [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ];
}

/** The metrics of an expression, without the suffixes of histograms. */
const namesIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/\b(?:heddle|process|nodejs)_\w+/g)].map(([name]) =>
    name.replace(/(_seconds)_(?:bucket|sum|count)$/, '$1'),
  );

/** The labels that an expression selects or groups by. */
const labelsIn = (expression: string): readonly string[] =>
  [
    ...[...expression.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) =>
      [...inner.matchAll(/(\w+)\s*(?:=~|!=|=)/g)].map(([, label = '']) => label),
    ),
    ...[...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.split(/,\s*/)),
  ].filter((label) => !['instance', 'job', 'le'].includes(label));

/** The labels of each metric that a server declares. */
function declaredMetrics(): ReadonlyMap<string, readonly string[]> {
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  const names = { summary: () => Promise.reject(new Error('no run')), slugOf: () => Promise.resolve('') };
  createRunFigures(prometheus, registry, names);
  createStateFigures(prometheus, registry, {} as StateSources);
  createRequestFigures(prometheus, registry);
  createClusterFigures(prometheus, registry, { isShared: false, read: () => Promise.reject(new Error('alone')) });
  const metrics = registry.getMetricsAsArray() as readonly { readonly name: string; readonly labelNames?: string[] }[];
  const declared = new Map(metrics.map(({ name, labelNames = [] }) => [name, labelNames]));
  registry.clear();
  return declared;
}

describe('the dashboard and the alerts for Prometheus', () => {
  const declared = declaredMetrics();

  it.each(expressions())('query metrics and labels that a server has: %s', (expression) => {
    const names = namesIn(expression);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect([name, declared.has(name)]).toEqual([name, true]);
      for (const label of labelsIn(expression))
        expect([name, declared.get(name)]).toEqual([name, expect.arrayContaining([label])]);
    }
  });

  it('show every metric of Heddle', () => {
    const shown = new Set(expressions().flatMap(namesIn));
    expect([...declared.keys()].filter((name) => name.startsWith('heddle_') && !shown.has(name))).toEqual([]);
  });
});
