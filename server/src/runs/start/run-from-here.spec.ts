import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resumeRun, startRun } from '@heddle/engine';
import type { RunReply, StartRunRequest } from '@heddle/core';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { testDocument } from '../../testing/test-nodes.js';
import type { Heddle } from '../../heddle/heddle.js';

describe('a run on the results of an earlier one', () => {
  let heddle: Heddle;
  let first: RunReply;
  beforeEach(async () => {
    heddle = createTestHeddle({ engine: { startRun, resumeRun } });
    first = await run({ inputs: { question: 'why' } });
  });
  afterEach(async () => {
    await heddle.stop();
    await heddle.close();
  });

  const run = async (request: StartRunRequest, document = testDocument()) => {
    const { runId } = await heddle.runs.start({ document, request, trigger: 'test' });
    return heddle.runs.wait(runId);
  };
  const statuses = ({ nodes }: RunReply) =>
    Object.fromEntries(Object.values(nodes).map(({ path, status }) => [path, status]));

  it('runs the whole workflow with the real engine', () => {
    expect(first).toMatchObject({ status: 'done' });
    expect(statuses(first)).toEqual({ question: 'done', shout: 'done', reply: 'done' });
  });

  it('runs from a node on, and reuses what came before', async () => {
    const again = await run({ inputs: {}, reuseFrom: first.runId, from: 'shout' });
    expect(again.status).toBe('done');
    expect(statuses(again)).toEqual({ question: 'cached', shout: 'done', reply: 'done' });
  });

  it('runs a single node', async () => {
    const alone = await run({ inputs: {}, reuseFrom: first.runId, only: 'shout' });
    expect(alone.status).toBe('done');
    expect(statuses(alone)['shout']).toBe('done');
    expect(statuses(alone)['reply']).not.toBe('done');
  });

  it('is refused when the node lacks an input, instead of ending with nothing', async () => {
    const lacks = (node: string, input: string, from: string) => ({
      code: 'input_missing',
      message: expect.stringContaining('reuseFrom'),
      details: { node, input, from: [from] },
    });
    await expect(run({ inputs: {}, from: 'reply' })).rejects.toMatchObject(lacks('reply', 'answer', 'shout'));
    await expect(run({ inputs: {}, only: 'reply' })).rejects.toMatchObject(lacks('reply', 'answer', 'shout'));
    await expect(run({ inputs: {}, from: 'shout' })).rejects.toMatchObject(lacks('shout', 'text', 'question'));
    const pins = { shout: {} };
    await expect(run({ inputs: {}, from: 'reply', pins })).rejects.toMatchObject(lacks('reply', 'answer', 'shout'));
    const rerun = heddle.runs.rerun(first.runId, { reuse: false, from: 'reply' });
    await expect(rerun).rejects.toMatchObject(lacks('reply', 'answer', 'shout'));
    expect(await heddle.runs.list({})).toHaveLength(1);
  });

  it('is refused from a node behind an output that the earlier run did not choose', async () => {
    const standard = createTestHeddle({ engine: { startRun, resumeRun }, withStandardNodes: true });
    const start = async (request: StartRunRequest) => {
      const { runId } = await standard.runs.start({ document: routed, request, trigger: 'test' });
      return standard.runs.wait(runId);
    };
    const { runId, outputs } = await start({ inputs: { text: 'yes' } });
    expect(outputs).toEqual({ agreed: 'agreed, yes' });
    await expect(start({ inputs: {}, reuseFrom: runId, from: 'refuse' })).rejects.toMatchObject({
      code: 'input_missing',
      details: { node: 'refuse', input: 'value', from: ['choose'] },
    });
    expect((await start({ inputs: {}, reuseFrom: runId, from: 'agree' })).outputs).toEqual(outputs);
    await standard.stop();
    await standard.close();
  });

  it('starts when a pin, the inputs of the run, or no edge at all feeds the node', async () => {
    const pinned = await run({ inputs: {}, from: 'reply', pins: { shout: { text: 'WHY' } } });
    expect(pinned).toMatchObject({ status: 'done', outputs: { answer: 'WHY' } });
    const given = await run({ inputs: { question: 'why' }, from: 'shout' });
    const all = { question: 'done', shout: 'done', reply: 'done' };
    expect(statuses(given)).toEqual(all);
    expect(statuses(await run({ inputs: { question: 'why' }, from: 'question' }))).toEqual(all);
  });

  it('refuses results of nodes that have changed since, and names them', async () => {
    const changed = testDocument();
    const document = {
      ...changed,
      nodes: { ...changed.nodes, shout: { type: 'upper', version: 1, config: { prefix: '!' } } },
    };
    await expect(run({ inputs: {}, reuseFrom: first.runId, from: 'reply' }, document)).rejects.toMatchObject({
      code: 'reused_result_mismatch',
      details: { nodes: ['shout'] },
    });
    expect((await run({ inputs: {}, reuseFrom: first.runId, from: 'shout' }, document)).status).toBe('done');
    await expect(run({ inputs: {}, reuseFrom: first.runId, from: 'nowhere' })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('is refused when an option names a node or port that the workflow does not have', async () => {
    const wrong: Record<string, Partial<StartRunRequest>> = {
      only: { only: 'nowhere' },
      from: { from: '__proto__' },
      breakpoints: { breakpoints: ['shout', 'nowhere'] },
      pins: { pins: { nowhere: { text: 1 } } },
    };
    const inputs = { question: 'why' };
    for (const [option, options] of Object.entries(wrong)) {
      const refusal = { code: 'bad_request', details: { option } };
      await expect(run({ inputs, ...options })).rejects.toMatchObject(refusal);
      await expect(heddle.runs.rerun(first.runId, { reuse: false, ...options })).rejects.toMatchObject(refusal);
    }
    await expect(run({ inputs, pins: { shout: { nothing: 1 } } })).rejects.toMatchObject({
      code: 'bad_request',
      details: { option: 'pins', node: 'shout', port: 'nothing' },
    });
    expect(await heddle.runs.list({})).toHaveLength(1);
  });

  it('returns a value only for the name of a port, not for an inherited property', async () => {
    for (const port of ['__proto__', 'constructor', 'nothing'])
      await expect(heddle.runs.value(first.runId, 'shout', port)).rejects.toMatchObject({ code: 'not_found' });
  });
});

/** Takes one output for `yes`, and the other for everything else. */
const routed = {
  heddle: 2 as const,
  name: 'Routed',
  nodes: {
    said: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    choose: { type: 'switch', version: 1, config: { cases: [{ name: 'yes', when: 'value == "yes"' }] } },
    agree: { type: 'set', version: 1, config: { value: 'agreed, {{ value }}' } },
    refuse: { type: 'set', version: 1, config: { value: 'refused, {{ value }}' } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'agreed', type: 'Json' },
          { name: 'refused', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'said.text', to: 'choose.value' },
    { from: 'choose.yes', to: 'agree.value' },
    { from: 'choose.otherwise', to: 'refuse.value' },
    { from: 'agree.value', to: 'reply.agreed' },
    { from: 'refuse.value', to: 'reply.refused' },
  ],
};
