import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StartRunRequest, WorkflowDocument } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import type { Heddle } from '../../heddle/heddle.js';
import { step, behaviourNodes, edges, ends } from '../../testing/behaviour-nodes.js';
import { createTestHeddle } from '../../testing/test-heddle.js';

const source = { type: 'in', version: 1, config: { fields: ['text', 'tone'] } };
const deep = { nodes: { ...ends, y: step() }, edges: edges('s.value -> y.in', 'y.out -> e.value') };
const inner = {
  nodes: { ...ends, x: step({ workflow: '#deep' }) },
  edges: edges('s.value -> x.in', 'x.out -> e.value'),
};
const document: WorkflowDocument = {
  heddle: 2,
  name: 'Parts',
  nodes: { s: source, a: step(), n: step({ workflow: '#inner' }), d: step({ inputs: ['in', 'tone'] }), e: ends.e },
  edges: edges('s.text -> a.in', 'a.out -> n.in', 'n.out -> d.in', 's.tone -> d.tone', 'd.out -> e.value'),
  workflows: { inner, deep },
};

describe('results of an earlier run', () => {
  let heddle: Heddle;
  let first: string;
  beforeEach(async () => {
    heddle = createTestHeddle({
      engine: { startRun, resumeRun },
      nodes: behaviourNodes({
        n: async ({ inputs, context }) => ({
          out: (await context.run('run', '#inner', { value: inputs['in'] })).outputs['value'],
        }),
        x: async ({ inputs, context }) => ({
          out: (await context.run('run', '#deep', { value: inputs['in'] })).outputs['value'],
        }),
        d: ({ inputs }) => ({ out: `${String(inputs['in'])}, ${String(inputs['tone'])}` }),
      }),
    });
    const run = await start(document, { inputs: { text: 'hello', tone: 'kindly' } });
    expect(run.outputs).toEqual({ value: 'hello, kindly' });
    first = run.runId;
  });
  afterEach(async () => {
    await heddle.stop();
    await heddle.close();
  });
  const start = async (given: WorkflowDocument, request: StartRunRequest) =>
    heddle.runs.wait((await heddle.runs.start({ document: given, request, trigger: 'test' })).runId);
  const rerun = async (request: Omit<Parameters<Heddle['runs']['rerun']>[1], 'reuse'>) =>
    heddle.runs.wait((await heddle.runs.rerun(first, { ...request, reuse: true })).runId);

  const withNode = (id: string, node: WorkflowDocument['nodes'][string]) => ({
    ...document,
    nodes: { ...document.nodes, [id]: node },
  });
  it.each<[string, string, WorkflowDocument]>([
    [
      'comes from elsewhere',
      'n',
      {
        ...document,
        edges: document.edges.map((edge) => (edge.to === 'n.in' ? { from: 's.text', to: 'n.in' } : edge)),
      },
    ],
    ['carries another label', 'a', withNode('a', step({}, { label: 'restricted' }))],
    ['is bypassed', 'a', withNode('a', step({}, { run: { disabled: true } }))],
    [
      'runs a workflow in which a node changed',
      'n',
      {
        ...document,
        workflows: {
          deep,
          inner: { ...inner, nodes: { ...inner.nodes, x: step({ workflow: '#deep', mark: 'new' }) } },
        },
      },
    ],
    [
      'runs one that runs one in which a node changed',
      'n',
      { ...document, workflows: { inner, deep: { ...deep, nodes: { ...ends, y: step({ mark: 'new' }) } } } },
    ],
    [
      'runs one in which a node is new',
      'n',
      { ...document, workflows: { deep, inner: { ...inner, nodes: { ...inner.nodes, z: step({ inputs: [] }) } } } },
    ],
  ])('do not fit a node that %s', async (_what, node, changed) => {
    await expect(start(changed, { inputs: {}, reuseFrom: first, from: 'd' })).rejects.toMatchObject({
      code: 'reused_result_mismatch',
      details: { nodes: [node] },
    });
  });

  it('fit nodes with changes only in titles, positions, retries and deadlines', async () => {
    const renamed = step({}, { title: 'Anew', run: { retry: { attempts: 3, backoffMs: 5 }, wallMs: 5_000 } });
    const changed = {
      ...withNode('a', renamed),
      layout: { nodes: { a: [9, 9] as [number, number] }, notes: [], groups: [] },
    };
    const { nodes, outputs } = await start(changed, { inputs: {}, reuseFrom: first, from: 'd' });
    expect([nodes['a']?.status, nodes['n']?.status, outputs]).toEqual(['cached', 'cached', { value: 'hello, kindly' }]);
  });

  it('are refused with new inputs that reach a node which would not run again', async () => {
    const other = { text: 'goodbye', tone: 'kindly' };
    const refusal = { code: 'reused_result_mismatch', details: { nodes: ['a', 'n', 'd', 'e'], inputs: ['text'] } };
    await expect(start(document, { inputs: other, reuseFrom: first })).rejects.toMatchObject(refusal);
    await expect(rerun({ inputs: other })).rejects.toMatchObject(refusal);
    await expect(rerun({ inputs: { text: 'goodbye' }, from: 'd' })).rejects.toMatchObject({
      details: { nodes: ['a', 'n'], inputs: ['text'] },
    });
  });

  it('are reused with new inputs that reach only nodes which run again, and the other inputs stay', async () => {
    const given = { inputs: { tone: 'sharply' }, from: 'd' };
    for (const run of [await rerun(given), await start(document, { ...given, reuseFrom: first })]) {
      expect([run.nodes['a']?.status, run.outputs]).toEqual(['cached', { value: 'hello, sharply' }]);
    }
    const same = await rerun({ inputs: { text: 'hello', tone: 'kindly' } });
    expect([same.nodes['d']?.status, same.outputs]).toEqual(['cached', { value: 'hello, kindly' }]);
  });
});
