/** @jest-environment jsdom */
import type { ClusterClass, ClusterProcess, ClusterReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import {
  alerts,
  button,
  dialogTitle,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { ClusterSection } from './ClusterSection.js';
import { beganWithin, partsOfName } from './cluster-text.js';

const process = (id: string, more: Partial<ClusterProcess> = {}): ClusterProcess => ({
  id,
  name: `${id} /srv/data`,
  role: 'worker',
  version: '1.0.0',
  state: 'ready',
  classes: ['cpu'],
  capabilities: [],
  slots: 4,
  runs: 1,
  silentSeconds: 0,
  startedAt: Date.now() - 120_000,
  leases: [],
  ...more,
});
const queue = (name: string, more: Partial<ClusterClass> = {}): ClusterClass => ({
  class: name,
  slots: { all: 8, free: 5 },
  waiting: 0,
  missing: 0,
  oldestSeconds: 0,
  waits: { runs: 0, seconds: 0, buckets: [] },
  ...more,
});
const shared = (more: Partial<ClusterReply> = {}): ClusterReply => ({
  isShared: true,
  classes: [queue('cpu'), queue('gpu')],
  missing: [],
  queue: { status: 'ok' },
  processes: [
    process('host-a', { leases: ['reconciler'], capabilities: ['model:small'], classes: ['cpu', 'gpu'] }),
    process('host-b', { role: 'api', slots: 0, runs: 0, classes: [] }),
    process('host-c', { state: 'silent', silentSeconds: 12 }),
  ],
  ...more,
});
const read = 'GET /api/cluster';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(read, shared());
});
afterEach(() => page.leave());
const rows = () => textsOf('[aria-label=Processes] tbody tr');

describe('the section of the cluster', () => {
  it('lists processes with their role, state, runs and capabilities', async () => {
    await page.show(<ClusterSection />);
    const [one, api, silent] = rows();
    for (const part of ['host-a', '/srv/data', 'Runs', 'Ready', '1 of 4', 'cpu, gpu, model:small', '1.0.0'])
      expect(one).toContain(part);
    expect(api).toContain('Requests');
    expect(textsOf('[aria-label=Leases] tbody tr')).toEqual(['reconcilerhost-a/srv/data']);
    expect(silent).toContain('Silent for 12.0 s');
    expect(pageText()).toContain('Redis carries hints');
  });

  it('shows the queues, and says which runs no process can run and what to do', async () => {
    const buckets = [
      { seconds: 0.1, runs: 90 },
      { seconds: 2.5, runs: 96 },
    ];
    const waits = { runs: 100, seconds: 9, buckets };
    page.answer(
      read,
      shared({
        classes: [queue('cpu', { waiting: 3, oldestSeconds: 7, waits }), queue('gpu', { slots: { all: 0, free: 0 } })],
        missing: [
          { runs: 2, error: { code: 'capability_missing', message: 'No process has it. Pull it.', retryable: true } },
        ],
        queue: { status: 'fault', error: { code: 'queue_unreachable', message: 'Redis is away.', retryable: true } },
      }),
    );
    await page.show(<ClusterSection />);
    const [cpu, gpu] = textsOf('[aria-label=Queues] tbody tr');
    for (const part of ['5 of 8', '3', '7.0 s', '≤ 2.5 s']) expect(cpu).toContain(part);
    expect(gpu).toContain('None');
    expect(alerts().join()).toContain('2 runs without a process');
    expect(alerts().join()).toContain('No process has it. Pull it.');
    expect(pageText()).toContain('Redis is away.');
  });

  it.each([
    ['postgres', 'The database carries hints'],
    ['none', 'No Redis server is set'],
  ] as const)('says where hints go without Redis: %s', async (hints, said) => {
    page.answer(read, shared({ hints, queue: undefined }));
    await page.show(<ClusterSection />);
    expect(pageText()).toContain(said);
  });

  it('drains a process after a confirmation, and lets it take runs again', async () => {
    await page.show(<ClusterSection />);
    expect(textsOf('.cell-menu').map((text) => text.split(' ')[0])).toEqual(['Drain', '', '']);
    await press('Drain host-a /srv/data');
    expect(dialogTitle()).toBe('Drain host-a /srv/data?');
    expect(pageText()).toContain('No other process takes runs');
    page.answer(read, shared({ processes: [process('host-a', { state: 'draining' }), process('host-d')] }));
    page.answer('POST /api/cluster/processes/host-a/drain', shared());
    page.answer('DELETE /api/cluster/processes/host-a/drain', shared());
    await press('Drain');
    expect(page.sent()).toMatchObject([{ method: 'POST', path: '/api/cluster/processes/host-a/drain' }]);
    expect(rows()[0]).toContain('Draining');
    await press('Take runs host-a /srv/data');
    await press('Take runs');
    expect(page.sent()[1]).toMatchObject({ method: 'DELETE', path: '/api/cluster/processes/host-a/drain' });
    await press('Drain host-d /srv/data');
    expect(pageText()).toContain('No other process takes runs');
  });

  it('keeps the confirmation open with the reason when draining is refused', async () => {
    page.refuse('POST /api/cluster/processes/host-a/drain', 404, 'process_not_found', 'It ended.');
    await page.show(<ClusterSection />);
    await press('Drain host-a /srv/data');
    await press('Drain');
    expect(dialogTitle()).toBe('Drain host-a /srv/data?');
    expect(alerts().join()).toContain('It ended.');
  });

  it('is loaded again every three seconds', async () => {
    const every = jest.spyOn(globalThis, 'setInterval');
    await page.show(<ClusterSection />);
    const before = page.count(read);
    const [again] = every.mock.calls.find(([, ms]) => ms === 3_000) ?? [];
    every.mockRestore();
    await act(async () => {
      if (typeof again === 'function') again();
    });
    expect(page.count(read)).toBe(before + 1);
  });

  it('says how to scale when there is one process, and offers no draining', async () => {
    page.answer(read, { isShared: false, processes: [process('host', { role: 'all' })], classes: [], missing: [] });
    await page.show(<ClusterSection />);
    expect(pageText()).toContain('docs/scale.md');
    expect(rows()).toHaveLength(1);
    expect(button('Drain host /srv/data')).toBeUndefined();
    expect(pageText()).not.toContain('Queues');
  });

  it('loads nothing without the right to read it, and shows no buttons without the right to drain', async () => {
    page.signInAs('editor');
    await page.show(<ClusterSection />);
    expect([page.count(read), pageText().includes('auditor')]).toEqual([0, true]);
    page.signInAs('auditor');
    await page.show(<ClusterSection />);
    expect(rows()).toHaveLength(3);
    expect(textsOf('.cell-menu')).toEqual([]);
  });
});

describe('texts of the cluster', () => {
  it('splits a name at its first space only', () => {
    expect(partsOfName('host /srv/my data')).toEqual({ host: 'host', folder: '/srv/my data' });
    expect(partsOfName('host')).toEqual({ host: 'host', folder: '' });
  });

  it.each([
    [0, 0.95, undefined],
    [10, 0.5, '≤ 100 ms'],
    [10, 0.95, '> 1.0 s'],
  ] as const)('says for %s runs within which time the share %s began', (runs, share, expected) => {
    const buckets = [
      { seconds: 0.1, runs: 6 },
      { seconds: 1, runs: 9 },
    ];
    expect(beganWithin({ runs, seconds: 1, buckets: runs === 0 ? [] : buckets }, share)).toBe(expected);
  });
});
