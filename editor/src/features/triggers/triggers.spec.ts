import { describe, expect, it } from '@jest/globals';
import type { BatchReply, PortDescription } from '@heddle/core';
import { countsText, formatSums, problemLines, shares, stateText } from './batches/batch-text.js';
import { exampleBody } from './hooks/hook-text.js';
import { timeIn } from './schedules/schedule-text.js';
import { inputsOf, textsOf } from './template-fields.js';
import { batchesNow, mergeNews, noNews } from './use-trigger-states.js';
import { deliveryText, waitText } from './webhooks/webhook-text.js';

const port = (name: string, type: PortDescription['type'] = 'Text'): PortDescription => ({
  name,
  type,
  isOptional: false,
  mode: 'one',
});
const rows = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
const batch = (part: Partial<BatchReply>): BatchReply => ({
  id: 'b',
  workflowId: 'w',
  owner: 'local',
  createdAt: 1,
  name: 'B',
  concurrency: 4,
  version: 1,
  clearance: 'internal',
  cost: 0,
  status: 'running',
  rows,
  ...part,
});

describe('inputs of a trigger', () => {
  it('keep templates and texts unchanged, and read anything else as JSON', () => {
    const ports = [port('question'), port('count', 'Number'), port('data', 'Json')];
    const texts = { question: '{"a":1}', count: '3', data: '{{ body.data }}', left: ' ' };
    expect(inputsOf(texts, ports)).toEqual({ question: '{"a":1}', count: 3, data: '{{ body.data }}' });
    expect(inputsOf({ question: '' }, ports)).toBeUndefined();
    expect(textsOf({ question: 'a', count: 3, data: { b: 1 } })).toEqual({
      question: 'a',
      count: '3',
      data: '{"b":1}',
    });
    expect(textsOf(undefined)).toEqual({});
  });

  it('have an example body to try them with', () => {
    expect(exampleBody(undefined, [port('question')])).toEqual({ question: 'question' });
    const inputs = { question: 'By {{ body.issue.by }}: {{ body.issue.title }}', raw: '{{ body.raw? }}' };
    expect(exampleBody(inputs, [])).toEqual({ issue: { by: 'text', title: 'text' }, raw: 'text' });
    exampleBody({ question: '{{ body.__proto__.polluted }}' }, []);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('news of triggers', () => {
  it('replace older states by newer ones, and count the news of a channel', () => {
    const news = mergeNews(mergeNews(noNews, [{ batch: batch({ id: 'b' }) }, { channel: 'h' }]), [
      { batch: batch({ id: 'b', status: 'done' }) },
      { channel: 'h' },
      { removed: 'old' },
    ]);
    expect(news.channels.get('h')).toBe(2);
    const listed = [batch({ id: 'old', createdAt: 9 }), batch({ id: 'b' }), batch({ id: 'c', createdAt: 5 })];
    expect(batchesNow(listed, news).map(({ id, status }) => [id, status])).toEqual([
      ['c', 'running'],
      ['b', 'done'],
    ]);
  });
});

describe('a batch as text', () => {
  it('says its progress and its cost', () => {
    const half = { ...rows, done: 47, failed: 3, waiting: 50 };
    expect(countsText(half)).toBe('47 done, 50 waiting, 3 failed of 100');
    expect(shares(half)).toEqual([
      { status: 'done', share: 0.47 },
      { status: 'failed', share: 0.03 },
    ]);
    expect(shares(rows)).toEqual([]);
    expect(stateText(batch({ status: 'done', rows: { ...rows, done: 2, failed: 1 } }))).toBe('Done, 1 row failed');
    expect(stateText(batch({ status: 'paused', rows: { ...rows, running: 1 } }))).toContain('running rows finish');
    expect(formatSums({ cost: 0 })).toBeUndefined();
    expect(formatSums({ cost: 1.5, budget: 3 })).toMatch(/1\.5.* of \$3/);
  });
});

describe('invalid rows', () => {
  it('are listed together when they have the same problem', () => {
    const problems = [1, 2, 3, 4, 5, 6].map((row) => ({ row, message: 'It is missing.' }));
    expect(problemLines([...problems, { row: 9, message: 'It is too long.' }])).toEqual([
      { rows: 'Rows 1, 2, 3, 4, 5 and more', message: 'It is missing.' },
      { rows: 'Row 9', message: 'It is too long.' },
    ]);
  });
});

describe('a delivery as text', () => {
  const delivery = { id: 'd', webhook: 'w', runId: 'r', event: 'run.done', createdAt: 0 } as const;
  it('says whether it was received, waits or failed', () => {
    expect(deliveryText({ ...delivery, status: 'sent', attempts: 2 }, 0)).toBe('Received at attempt 2');
    expect(deliveryText({ ...delivery, status: 'dead', attempts: 9 }, 0)).toBe('Failed after 9 attempts');
    expect(deliveryText({ ...delivery, status: 'waiting', attempts: 1, nextAt: 30_000 }, 5_000)).toBe(
      '1 attempt, next in 25 s',
    );
    expect([waitText(90_000), waitText(600_000), waitText(28_800_000)]).toEqual(['90 s', '10 min', '8 h']);
  });
});

describe('a time of a schedule', () => {
  it('is shown in its time zone, and even for an unknown zone', () => {
    expect(timeIn(Date.UTC(2026, 6, 1, 7), 'Europe/Paris')).toMatch(/1 Jul.* 2026.*09:00/);
    expect(timeIn(0, 'Mars/Olympus')).toContain('1970');
  });

  it('has seconds when it, or another time of the list, is not on the minute', () => {
    const noon = Date.UTC(2026, 6, 1, 12);
    expect(timeIn(noon, 'UTC')).toMatch(/12:00 UTC/);
    expect(timeIn(noon + 1_000, 'UTC')).toMatch(/12:00:01/);
    expect(timeIn(noon, 'UTC', [noon, noon + 1_000])).toMatch(/12:00:00/);
  });
});
