import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resumeRun, startRun } from '@heddle/engine';
import type { RunAcceptance } from '@heddle/core';
import { acceptanceOf, labelled, records } from '@heddle/core/testing';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { testDocument } from '../../testing/test-nodes.js';
import type { Heddle } from '../../heddle/heddle.js';

describe('a rerun', () => {
  let heddle: Heddle;
  beforeEach(() => {
    heddle = createTestHeddle({ engine: { startRun, resumeRun } });
  });
  afterEach(async () => {
    await heddle.stop();
    await heddle.close();
  });

  const first = async () => {
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'api',
    });
    return heddle.runs.wait(runId);
  };

  it('uses the workflow and the inputs of the earlier run, and names that run', async () => {
    const before = await first();
    const { runId } = await heddle.runs.rerun(before.runId, { reuse: false });
    const again = await heddle.runs.wait(runId);
    expect(again).toMatchObject({ status: 'done', outputs: before.outputs, summary: { origin: before.runId } });
    expect(again.nodes['shout']?.status).toBe('done');
    expect((await heddle.runs.accepted(runId)).document).toEqual((await heddle.runs.accepted(before.runId)).document);
  });

  it('accepts other inputs, and checks them as in any run', async () => {
    const before = await first();
    const { runId } = await heddle.runs.rerun(before.runId, { reuse: false, inputs: { question: 'how' } });
    expect((await heddle.runs.accepted(runId)).inputs['question']).toMatchObject({ value: 'how' });
    expect((await heddle.runs.wait(runId)).status).toBe('done');
    await expect(heddle.runs.rerun(before.runId, { reuse: false, inputs: { other: 1 } })).rejects.toMatchObject({
      code: 'input_unknown',
    });
  });

  it('runs from a node on, with the results of the earlier run', async () => {
    const before = await first();
    const { runId } = await heddle.runs.rerun(before.runId, { reuse: true, from: 'shout' });
    const { nodes } = await heddle.runs.wait(runId);
    expect(nodes['question']?.status).toBe('cached');
    expect(nodes['shout']?.status).toBe('done');
  });

  it('G2: reuses results that a continued run had taken over and not used before it failed', async () => {
    const { journal } = heddle.parts;
    const { bundle } = await heddle.compile.plan(testDocument(), undefined);
    const ended = (path: string, outputs: Readonly<Record<string, string>>) => ({
      time: 1,
      path,
      attempt: 1,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, labelled(value)])),
    });
    const accept = (runId: string, details: Partial<RunAcceptance>) =>
      journal.accept(
        acceptanceOf(runId, { rootId: 'first', inputs: { question: labelled('why') }, ...details }),
        bundle,
      );
    await accept('first', {});
    await journal.append('first', [
      records.runStart(),
      { type: 'node-end', ...ended('question', { question: 'why' }), started: 1 },
      { type: 'node-end', ...ended('shout', { text: 'KEPT' }), started: 1 },
      records.runEnd('failed'),
    ]);
    await accept('second', { origin: 'first', reused: ['question', 'shout'] });
    await journal.append('second', [
      records.runStart(),
      { type: 'node-cached', ...ended('question', { question: 'why' }), origin: 'first' },
      records.runEnd('failed'),
    ]);
    const third = await heddle.runs.resume('second');
    const { nodes, outputs, status } = await heddle.runs.wait(third.runId);
    expect([status, nodes['shout']?.status, Object.values(outputs)]).toEqual(['done', 'cached', ['KEPT']]);
    // A run that did not use a reused result passes it on too.
    await accept('other', { origin: 'second', reused: ['question', 'shout'] });
    await journal.append('other', [records.runStart(), records.runEnd('failed')]);
    const last = await heddle.runs.resume('other');
    expect((await heddle.runs.wait(last.runId)).nodes['shout']?.status).toBe('cached');
  });

  it('is found by text and by trigger', async () => {
    const { runId } = await first();
    expect((await heddle.runs.list({ search: runId.toUpperCase() })).map((run) => run.runId)).toEqual([runId]);
    expect(await heddle.runs.list({ trigger: ['cli'] })).toEqual([]);
  });
});
