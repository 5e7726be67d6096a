/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelReport, type ModelResult } from '@heddle/core';
import { act } from 'react';
import { createLiveClient } from '../../../data/live/live-client.js';
import { LiveContext } from '../../../data/live/live-context.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { all, pageText, texts } from '../../../ui/testing/fake-person.js';
import { ModelResults } from './ModelResults.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const card = ModelCard.parse({
  id: 'writer',
  title: 'Writer',
  kind: 'generate',
  runtime: 'llama',
  summary: 'Writes.',
  publisher: 'Acme',
  licence: 'MIT',
  use: 'Any.',
  format: 'gguf',
  contextTokens: 2048,
  languages: ['en'],
  files: [{ role: 'weights', name: 'f', sources: ['file:/f'], size: 100 }],
});
const result = (more: Partial<ModelResult>): ModelResult => ({
  experiment: { id: 'x1', name: 'Which model?' },
  variant: { id: 'v1', name: 'faq v3' },
  label: 'internal',
  dataset: { id: 'd', name: 'Questions', version: 3 },
  measuredAt: 0,
  mean: 0.5,
  rows: 20,
  missing: 0,
  metric: { name: 'exact', title: 'Exact', better: 'higher', unit: 'check' },
  ...more,
});

let page: FakePage;
let report: ModelReport;
beforeEach(() => {
  report = { id: 'writer', model: { card, status: 'ready', bytes: 1, needMb: 430 }, results: [], hasMore: false };
  page = openFakePage((_method, path) => (path.startsWith('/api/models/writer/card') ? report : undefined));
});
afterEach(() => page.leave());

const show = async (): Promise<void> => {
  await act(async () =>
    page.root.render(
      <LiveContext value={createLiveClient(createFakeSocket())}>
        <ModelResults card={card} onClose={() => undefined} />
      </LiveContext>,
    ),
  );
  for (let tick = 0; tick < 4; tick += 1) await act(async () => Promise.resolve());
};

describe('the results of a model', () => {
  it('say that no experiment has measured the model', async () => {
    await show();
    expect(pageText()).toContain('No experiment that you may read has measured it.');
    expect(texts('.facts dt')).toEqual(['Speed here', 'Memory']);
    expect(all('table')).toEqual([]);
  });

  it('have a table for each dataset and variant, with intervals, rows, cost and a link', async () => {
    const cost = { name: 'run.cost', title: 'Cost', better: 'lower', unit: 'USD' } as const;
    report = {
      ...report,
      latency: { samples: 40, p50: 800, p95: 2_500, firstTokenP50: 120 },
      results: [
        result({ interval: { low: 0.31, high: 0.69 }, missing: 2 }),
        result({ metric: cost, mean: 0.002 }),
        result({ experiment: { id: 'x2', name: 'Older' }, dataset: { id: 'e', name: '<b>Long</b>', version: 1 } }),
      ],
      hasMore: true,
    };
    await show();
    expect(all('table')).toHaveLength(2);
    expect(all('tbody tr')[0]!.textContent).toBe('Exact50.0 %31.0 % to 69.0 %20 · 2 missing');
    expect(pageText()).toContain('$2.00 for 1,000 answers');
    expect(all('a').map((link) => link.getAttribute('href'))).toEqual([
      '/quality/experiments/x1',
      '/quality/experiments/x2',
    ]);
    expect(texts('h3')).toEqual(['Questions, version 3', '<b>Long</b>, version 1']);
    expect(pageText()).toContain('120 ms, median');
    expect(pageText()).toContain('Older results are in their experiments.');
  });
});
