import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeContext, RunReply, WorkflowDocument } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import type { Heddle } from '../../heddle/heddle.js';
import { step, behaviourNodes, edge, edges, ends, type Behaviour } from '../../testing/behaviour-nodes.js';
import { createTestHeddle } from '../../testing/test-heddle.js';

/** A loop, three nested runs that contain a loop in a nested run, steps, a question, and a node that must not run twice. */
const document: WorkflowDocument = {
  heddle: 2,
  name: 'Long',
  nodes: {
    ...ends,
    a: step(),
    b: step({ inputs: ['in', 'back'] }),
    c: step({ outputs: ['again', 'done'] }),
    n: step({ workflow: '#inner' }),
    k: step(),
    q: step(),
    m: step({}, { run: { atMostOnce: true } }),
    d: step(),
  },
  edges: [
    ...edges('s.value -> a.in', 'a.out -> b.in', 'b.out -> c.in', 'c.done -> n.in', 'n.out -> k.in'),
    ...edges('k.out -> q.in', 'q.out -> m.in', 'm.out -> d.in', 'd.out -> e.value'),
    edge('c.again -> b.back', { max: 3, atLimit: 'leave' }),
  ],
  workflows: {
    inner: {
      nodes: { ...ends, x: step(), w: step({ workflow: '#deep' }) },
      edges: edges('s.value -> x.in', 'x.out -> w.in', 'w.out -> e.value'),
    },
    deep: {
      nodes: { ...ends, y: step({ inputs: ['in', 'back'], outputs: ['again', 'out'] }) },
      edges: [...edges('s.value -> y.in', 'y.out -> e.value'), edge('y.again -> y.back', { max: 2, atLimit: 'leave' })],
    },
  },
};
const inside = ['x', 'w#run/y@0', 'w#run/y@1', 'w'];
const paths = [
  ...['a', 'b@0', 'c@0', 'b@1', 'c@1', 'b@2', 'c@2'],
  ...['n#0', 'n#1', 'n#2'].flatMap((run) => inside.map((path) => `${run}/${path}`)),
  ...['n', 'k', 'q', 'm', 'd'],
];
const once = Object.fromEntries(paths.map((path) => [path, 1]));

describe('runs that are continued again and again', () => {
  let heddle: Heddle;
  /** How often each execution ended. */
  let ended: Map<string, number>;
  /** Keys of the steps that ran. */
  let steps: Set<string>;
  /** What happens, once, to an execution instead of its end. */
  let cuts: Map<string, 'fail' | 'cancel'>;

  const finish: (context: NodeContext, outputs: Readonly<Record<string, unknown>>) => ReturnType<Behaviour> = async (
    context,
    outputs,
  ) => {
    const cut = cuts.get(context.path);
    cuts.delete(context.path);
    if (cut === 'fail') throw new Error(`${context.path} fails`);
    if (cut === 'cancel') {
      await heddle.runs.cancel(context.runId);
      context.signal.throwIfAborted();
    }
    ended.set(context.path, (ended.get(context.path) ?? 0) + 1);
    return outputs;
  };
  const pass: Behaviour = ({ inputs, context }) => finish(context, { out: inputs['in'] });
  const behaviours: Readonly<Record<string, Behaviour>> = {
    a: pass,
    x: pass,
    m: pass,
    d: pass,
    b: ({ inputs, context }) => finish(context, { out: inputs['back'] ?? inputs['in'] }),
    c: ({ inputs, context }) =>
      finish(
        context,
        context.iteration?.last === true ? { done: inputs['in'] } : { again: `${String(inputs['in'])}+` },
      ),
    y: ({ inputs, context }) =>
      finish(
        context,
        context.iteration?.last === true ? { out: inputs['back'] } : { again: `${String(inputs['in'])}!` },
      ),
    n: async ({ inputs, context }) => {
      const runs = [0, 1, 2].map((key) =>
        context.run(String(key), '#inner', { value: `${String(inputs['in'])}${key}` }),
      );
      return finish(context, { out: (await Promise.all(runs)).map(({ outputs }) => outputs['value']).join() });
    },
    w: async ({ inputs, context }) =>
      finish(context, { out: (await context.run('run', '#deep', { value: inputs['in'] })).outputs['value'] }),
    k: async ({ inputs, context }) => {
      for (const step of ['one', 'two'])
        await context.step(step, async ({ idempotencyKey }) => steps.add(idempotencyKey).size);
      return finish(context, { out: inputs['in'] });
    },
    q: async ({ inputs, context }) => {
      await context.requestInput('ok', { title: 'May I?', schema: {} });
      return finish(context, { out: inputs['in'] });
    },
  };

  beforeEach(() => {
    heddle = createTestHeddle({
      engine: { startRun, resumeRun },
      nodes: behaviourNodes(behaviours),
      withStoredJournal: true,
    });
    [ended, steps, cuts] = [new Map(), new Set(), new Map()];
  });
  afterEach(async () => {
    await heddle.stop();
    await heddle.close();
  });

  /** Follows a run to its end, and answers its questions. */
  async function follow({ runId }: { readonly runId: string }): Promise<RunReply> {
    for (;;) {
      const reply = await heddle.runs.wait(runId);
      if (reply.status !== 'suspended') return reply;
      for (const { requestId, question } of await heddle.runs.requests(runId))
        await heddle.runs.answer(runId, requestId, {
          value: question.title.includes('may have run') ? { decision: 'run' } : {},
        });
    }
  }
  const begin = async () =>
    follow(await heddle.runs.start({ document, request: { inputs: { value: 'v' } }, trigger: 'test' }));

  it.each(['fail', 'cancel'] as const)(
    'G2, G3: compute no result twice over several generations after the first ends by a %s at any node',
    async (first) => {
      const whole = await begin();
      expect([whole.status, Object.fromEntries(ended)]).toEqual(['done', once]);
      for (const [at, path] of paths.entries()) {
        const second = paths[(at * 7 + 3) % paths.length] ?? '';
        const third = paths[(at * 5 + 2) % paths.length] ?? '';
        ended = new Map();
        steps = new Set();
        cuts = new Map([
          [third, 'cancel'],
          [second, 'fail'],
          [path, first],
        ]);
        let reply = await begin();
        for (let count = 0; reply.status !== 'done' && count < 6; count += 1)
          reply = await follow(await heddle.runs.resume(reply.runId));
        const what = `${path}, ${second}, ${third}`;
        expect([what, reply.status, reply.outputs]).toEqual([what, 'done', whole.outputs]);
        expect([what, Object.fromEntries(ended)]).toEqual([what, once]);
        // A step of an unfinished node may run again, under the same key.
        expect([what, steps.size]).toEqual([what, 2]);
      }
    },
    60_000,
  );

  it('run again from a node, on the results of all earlier generations', async () => {
    cuts = new Map([
      ['n#1/w#run/y@1', 'fail'],
      ['k', 'fail'],
    ]);
    let reply = await begin();
    const outputs = { value: 'v++0!,v++1!,v++2!' };
    reply = await follow(await heddle.runs.resume(reply.runId));
    expect(reply.status).toBe('failed');
    ended.clear();
    for (const [from, again] of [
      ['n', paths.slice(paths.indexOf('n#0/x'))],
      ['q', ['q', 'm', 'd']],
      ['c', paths.slice(1)],
    ] as const) {
      ended.clear();
      reply = await follow(await heddle.runs.rerun(reply.runId, { reuse: true, from }));
      expect([from, reply.status, reply.outputs]).toEqual([from, 'done', outputs]);
      expect([from, [...ended.keys()].sort()]).toEqual([from, [...again].sort()]);
    }
  });

  it('reuse a failure that its error port had passed on, when everything after it has results', async () => {
    const ways: WorkflowDocument = {
      heddle: 2,
      name: 'Ways',
      nodes: { ...ends, a: step(), x: step(), m: step(), d: step() },
      edges: edges('s.value -> a.in', 'a.error -> m.in', 'a.out -> x.in', 'm.out -> d.in', 'd.out -> e.value'),
    };
    cuts = new Map([
      ['a', 'fail'],
      ['d', 'fail'],
    ]);
    const request = { inputs: { value: 'v' } };
    const first = await follow(await heddle.runs.start({ document: ways, request, trigger: 'test' }));
    expect(first.status).toBe('failed');
    cuts = new Map([['d', 'cancel']]);
    const second = await follow(await heddle.runs.resume(first.runId));
    expect(second.status).toBe('cancelled');
    const third = await follow(await heddle.runs.resume(second.runId));
    expect([third.status, Object.fromEntries(ended)]).toEqual(['done', { m: 1, d: 1 }]);
    expect(third.outputs['value']).toMatchObject({ message: 'a fails' });
    expect([third.nodes['a']?.status, third.nodes['x']?.status]).toEqual(['failed', 'skipped']);
    // From that node on everything runs again.
    ended.clear();
    const anew = await follow(await heddle.runs.rerun(third.runId, { reuse: true, from: 'a' }));
    expect([anew.status, Object.fromEntries(ended)]).toEqual(['done', { a: 1, x: 1 }]);
  });
});
