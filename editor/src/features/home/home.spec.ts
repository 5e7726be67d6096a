import { describe, expect, it } from '@jest/globals';
import type { RunSummary } from '@heddle/core';
import { byLastUse } from './by-last-use.js';
import { copyName, importFile } from './new-workflow.js';
import { mergeRuns } from './use-live-runs.js';

const run = (runId: string, acceptedAt: number, status: RunSummary['status'] = 'running'): RunSummary => ({
  runId,
  acceptedAt,
  status,
  workflowName: 'w',
  trigger: 'cli',
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  lastSeq: 0,
});

describe('home', () => {
  it('keeps the newest state of each run, newest run first', () => {
    const merged = mergeRuns([run('a', 1), run('b', 2)], [run('a', 1, 'done'), run('c', 3)]);
    expect(merged.map(({ runId, status }) => `${runId} ${status}`)).toEqual(['c running', 'b running', 'a done']);
  });

  it('removes deleted runs', () => {
    const deleted = { runId: 'a', isDeleted: true } as const;
    expect(mergeRuns([run('a', 1, 'done'), run('b', 2)], [deleted]).map(({ runId }) => runId)).toEqual(['b']);
  });

  it('lists the workflow first that was changed or run last', () => {
    const workflow = (slug: string, updatedAt: number, lastRun?: RunSummary) => ({
      id: slug,
      slug,
      name: slug,
      nodes: 1,
      issues: 0,
      updatedAt,
      ...(lastRun === undefined ? {} : { lastRun }),
    });
    const ordered = byLastUse([workflow('changed', 3), workflow('idle', 1), workflow('ran', 2, run('a', 4))]);
    expect(ordered.map(({ slug }) => slug)).toEqual(['ran', 'changed', 'idle']);
  });

  it('counts copies of copies', () => {
    expect([copyName('Digest'), copyName('Digest (copy)'), copyName('Digest (copy 2)')]).toEqual([
      'Digest (copy)',
      'Digest (copy 2)',
      'Digest (copy 3)',
    ]);
  });

  it('names the file and its fault when it is not a workflow', async () => {
    const file = (text: string) => ({ name: 'notes.json', size: text.length, text: async () => text });
    await expect(importFile(file('{"a":'))).rejects.toMatchObject({
      code: 'document_unreadable',
      message: expect.stringMatching(/^notes\.json: .*JSON/),
    });
    await expect(importFile(file('{"heddle":1,"name":"x","nodes":{"__proto__":{}},"edges":[]}'))).rejects.toMatchObject(
      { message: expect.stringContaining('__proto__') },
    );
    await expect(importFile({ ...file(''), size: 3e7 })).rejects.toMatchObject({
      message: expect.stringContaining('20 MB'),
    });
  });
});
