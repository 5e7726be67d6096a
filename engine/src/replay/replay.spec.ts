import { describe, expect, it } from '@jest/globals';
import { countReplay, HeddleError, type Resources, type RunEvent } from '@heddle/core';
import { createBench, plain, type Sketch, type TestBench } from '../testing/harness.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

/** The effects of nodes in order, and the resources that record them. */
interface World {
  readonly sent: string[];
  readonly resources: Resources;
}

function createWorld(): World {
  const sent: string[] = [];
  const note = (what: string): void => void sent.push(what);
  const known: Readonly<Record<string, unknown>> = {
    fetch: {
      fetch: async ({ url, body }: { url: string; body?: string }) => {
        note(`${url} ${body ?? ''}`.trim());
        return { status: 200, headers: {}, body: new Uint8Array(), url };
      },
    },
    memory: {
      append: async () => note('append'),
      invent: async () => note('invent'),
    },
    tools: {
      list: async () => {
        note('list');
        return [];
      },
      known: async () => [{ name: 'old' }],
      call: async (name: string) => {
        note(`tool ${name}`);
        return { value: 1, text: '1' };
      },
      destinationOf: async () => undefined,
    },
    languageModel: { info: { id: 'm' }, generate: () => note('model') },
    brandNew: { shout: async () => note('shout') },
  };
  const use: Resources['use'] = (...[kind]) => Promise.resolve(known[kind] as never);
  return { sent, resources: { use } };
}

const post: Behaviours[string] = async ({ inputs, context }) => {
  const fetcher = await context.use('fetch');
  const status = await context.step('request', async ({ idempotencyKey }) => {
    const headers = { 'Idempotency-Key': idempotencyKey };
    const reply = await fetcher.fetch({
      url: 'https://shop.test/order',
      method: 'POST',
      headers,
      body: String(inputs['in']),
    });
    return reply.status;
  });
  return { out: `${String(inputs['in'])}:${status}` };
};

const behaviours: Behaviours = {
  double: ({ inputs }) => ({ out: Number(inputs['in']) * 2 }),
  triple: ({ inputs }) => ({ out: Number(inputs['in']) * 3 }),
  same: ({ inputs }) => ({ out: Number(inputs['in']) + Number(inputs['in']) }),
  post,
  post2: post,
  catching: async (args) => {
    try {
      return await post(args);
    } catch {
      return { out: 'caught' };
    }
  },
  remember: async ({ inputs, context }) => {
    const memory = await context.use('memory');
    await context.step('append', async ({ idempotencyKey }) => {
      const label = context.label;
      const message = { role: 'user' as const, content: String(inputs['in']) };
      await memory.append([{ message, label }], { idempotencyKey });
      return 1;
    });
    return { out: inputs['in'] };
  },
  ask: async ({ inputs, context }) => {
    const answer = await context.requestInput('q', { title: `Allow ${String(inputs['in'])}?`, schema: {} });
    return { out: answer.type === 'answered' ? answer.value : 'late' };
  },
  invent: async ({ context }) => {
    const memory = await context.use('memory');
    return { out: await (memory as unknown as { invent(): Promise<unknown> }).invent() };
  },
  shout: async ({ context }) => {
    const found = await context.use('brandNew' as 'fetch');
    return { out: await (found as unknown as { shout(): Promise<unknown> }).shout() };
  },
  tool: async ({ context }) => {
    const tools = await context.use('tools');
    const [offered] = await tools.list(['s']);
    return { out: offered?.name ?? 'none' };
  },
  model: async ({ context }) => {
    const model = await context.use('languageModel', 'm');
    model.generate({ messages: [] }, { signal: context.signal });
    return { out: 'said' };
  },
  wait: async ({ context }) => {
    await context.sleep(context.now() + 3_600_000);
    return { out: 'awake' };
  },
  fails: () => {
    throw new HeddleError('fetch_status', 'The shop said 500.');
  },
  nested: async ({ inputs, context }) => ({
    out: (await context.run('k', '#inner', { value: inputs['in'] })).outputs['value'],
  }),
};

const sketch = (first: string, second: string, error = false): Sketch => ({
  nodes: {
    s: 'in',
    a: { type: 'do', config: { behaviour: first } },
    b: { type: 'do', config: { behaviour: second } },
    ...(error ? { c: 'do' } : {}),
    o: 'out',
  },
  edges: ['s.value -> a.in', 'a.out -> b.in', 'b.out -> o.value', ...(error ? ['b.error -> c.in'] : [])],
});

function bench(): TestBench & { readonly world: World } {
  const world = createWorld();
  return { ...createBench(testNodes(behaviours), { host: { resources: world.resources } }), world };
}

const cachedPathsOf = (events: readonly { readonly type: string }[]): string[] =>
  events.flatMap((event) => (event.type === 'node-cached' ? [(event as RunEvent & { path: string }).path] : []));

describe('a replay', () => {
  it('reuses all results of an unchanged workflow, and sends nothing', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'post'), { inputs: { value: 2 } });
    expect(world.sent).toEqual(['https://shop.test/order 4']);
    const replay = await heddle.run(sketch('double', 'post'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect(plain(replay.outputs)).toEqual({ value: '4:200' });
    expect(cachedPathsOf(replay.events)).toEqual(['a', 'b']);
    expect(world.sent).toHaveLength(1);
    expect(countReplay(await heddle.records('run-2'))).toMatchObject({ reused: 2, served: 1, sent: 0, wouldCall: 0 });
  });

  it('serves a recorded effect to a changed node by the hash of its request', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'post'), { inputs: { value: 2 } });
    const replay = await heddle.run(sketch('same', 'post2'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect(plain(replay.outputs)).toEqual({ value: '4:200' });
    expect([cachedPathsOf(replay.events), world.sent.length]).toEqual([[], 1]);
    expect(countReplay(await heddle.records('run-2'))).toMatchObject({ reused: 0, served: 1, sent: 0 });
  });

  it('reuses the result of an unchanged node behind a changed one if its inputs are the same', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'post'), { inputs: { value: 2 } });
    const replay = await heddle.run(sketch('same', 'post'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([cachedPathsOf(replay.events), world.sent.length]).toEqual([['b'], 1]);
  });

  it.each(['post', 'catching'])(
    'ends before an unrecorded request, even if the node catches the error: %s',
    async (node) => {
      const { world, ...heddle } = bench();
      await heddle.run(sketch('double', node, true), { inputs: { value: 2 } });
      const replay = await heddle.run(sketch('triple', node, true), { inputs: { value: 2 }, replay: { of: 'run-1' } });
      expect([replay.status, replay.error?.code, replay.error?.details]).toMatchObject([
        'failed',
        'replay_would_call',
        { node: 'b', call: 'fetch.fetch', target: 'POST https://shop.test/order' },
      ]);
      expect(world.sent).toHaveLength(1);
      expect(countReplay(await heddle.records('run-2'))).toMatchObject({ wouldCall: 1, sent: 0 });
    },
  );

  it('uses a stub as the outputs of a node', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'post'), { inputs: { value: 2 } });
    const replay = await heddle.run(sketch('triple', 'post'), {
      inputs: { value: 2 },
      replay: { of: 'run-1', stubs: { b: { out: 'stub' } } },
    });
    expect([plain(replay.outputs), world.sent.length]).toEqual([{ value: 'stub' }, 1]);
    expect(countReplay(await heddle.records('run-2'))).toMatchObject({ stubbed: 1, sent: 0 });
  });

  it('asks a person for the outputs of a node with an unrecorded request, and continues with them after a restart', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'post'), { inputs: { value: 2 } });
    const replay = await heddle.run(sketch('triple', 'post'), {
      inputs: { value: 2 },
      replay: { of: 'run-1', unrecorded: 'ask' },
    });
    expect(replay.status).toBe('suspended');
    const { plan } = await heddle.accept(sketch('triple', 'post'), { runId: 'other' });
    const resumed = await heddle.resume('run-2', plan);
    await resumed.handle.answer(replay.requests?.[0] ?? '', { value: { out: 'by hand' }, by: 'ada' });
    expect([plain((await resumed.finish()).outputs), world.sent.length]).toEqual([{ value: 'by hand' }, 1]);
  });

  it('holds back writes without a result, and continues', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'remember'), { inputs: { value: 2 } });
    const replay = await heddle.run(sketch('triple', 'remember'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([plain(replay.outputs), world.sent]).toEqual([{ value: 6 }, ['append']]);
    expect(countReplay(await heddle.records('run-2'))).toMatchObject({ heldBack: 1, sent: 0 });
  });

  it.each(['invent', 'shout'])('refuses a call that is not in the table of effects: %s', async (node) => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'double'), { inputs: { value: 2 } });
    const replay = await heddle.run(sketch('double', node), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([replay.error?.code, world.sent]).toEqual(['replay_would_call', []]);
  });

  it('lists known tools without contacting their server', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'double'), { inputs: { value: 2 } });
    const replay = await heddle.run(sketch('double', 'tool'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([plain(replay.outputs), world.sent]).toEqual([{ value: 'old' }, []]);
  });

  it('calls the models of changed nodes, unless the replay excludes models', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'double'), { inputs: { value: 2 } });
    const replay = { of: 'run-1' };
    const asked = await heddle.run(sketch('double', 'model'), { inputs: { value: 2 }, replay });
    expect([plain(asked.outputs), world.sent]).toEqual([{ value: 'said' }, ['model']]);
    const kept = await heddle.run(sketch('double', 'model'), {
      inputs: { value: 2 },
      replay: { ...replay, models: false },
    });
    expect([kept.error?.code, world.sent]).toEqual(['replay_would_call', ['model']]);
  });

  it('does not wait for the sleep of a node', async () => {
    const heddle = bench();
    await heddle.run(sketch('double', 'double'), { inputs: { value: 2 } });
    const before = heddle.clock.now();
    const replay = await heddle.run(sketch('double', 'wait'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([plain(replay.outputs), heddle.clock.now() - before < 60_000]).toEqual([{ value: 'awake' }, true]);
  });

  it('serves the recorded answer of a person to the same question, and ends before another question', async () => {
    const heddle = bench();
    const asked = await heddle.start(sketch('double', 'ask'), { inputs: { value: 2 } });
    const { requests } = await asked.finish();
    const { plan } = await heddle.accept(sketch('double', 'ask'), { runId: 'other' });
    const answered = await heddle.resume('run-1', plan);
    await answered.handle.answer(requests?.[0] ?? '', { value: 'yes', by: 'ada' });
    await answered.finish();
    const changed = {
      ...sketch('same', 'ask'),
      nodes: { ...sketch('same', 'ask').nodes, b: { type: 'do', config: { behaviour: 'ask', limits: ['x'] } } },
    };
    const served = await heddle.run(changed, { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect(plain(served.outputs)).toEqual({ value: 'yes' });
    expect(served.events.some(({ type }) => type === 'human-input-start')).toBe(false);
    const other = await heddle.run(sketch('triple', 'ask'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([other.error?.code, other.error?.message]).toEqual([
      'replay_would_call',
      expect.stringContaining('Allow 6?'),
    ]);
  });

  it('reuses a failure, even one that an error port carried', async () => {
    const heddle = bench();
    for (const hasPort of [false, true]) {
      const first = await heddle.run(sketch('double', 'fails', hasPort), { inputs: { value: 2 } });
      const runId = first.runId;
      const replay = await heddle.run(sketch('double', 'fails', hasPort), {
        inputs: { value: 2 },
        replay: { of: runId },
      });
      expect([replay.status, replay.error?.code]).toEqual([first.status, first.error?.code]);
    }
  });

  it('sends nothing from nested workflows either', async () => {
    const { world, ...heddle } = bench();
    const nested = (first: string): Sketch => ({
      ...sketch(first, 'nested'),
      nodes: {
        ...sketch(first, 'nested').nodes,
        b: { type: 'do', config: { behaviour: 'nested', workflow: '#inner' } },
      },
      workflows: { inner: sketch('double', 'post') },
    });
    await heddle.run(nested('double'), { inputs: { value: 2 } });
    expect(world.sent).toEqual(['https://shop.test/order 8']);
    const same = await heddle.run(nested('same'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([plain(same.outputs), cachedPathsOf(same.events)]).toEqual([{ value: '8:200' }, ['b']]);
    const other = await heddle.run(nested('triple'), { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([other.error?.code, world.sent.length]).toEqual(['replay_would_call', 1]);
  });

  it('continues as a replay after a crash at any record', async () => {
    const { world, ...heddle } = bench();
    await heddle.run(sketch('double', 'post'), { inputs: { value: 2 } });
    const whole = await heddle.run(sketch('same', 'post2'), {
      inputs: { value: 2 },
      replay: { of: 'run-1' },
      runId: 'whole',
    });
    const events = await heddle.journal.events('whole');
    for (let cut = 0; cut < events.length; cut += 1) {
      const runId = `cut-${cut}`;
      const { plan } = await heddle.accept(sketch('same', 'post2'), {
        runId,
        inputs: { value: 2 },
        replay: { of: 'run-1' },
      });
      const records = events.slice(0, cut).map(({ seq: _seq, runId: _run, ...record }) => record);
      if (records.length > 0) await heddle.journal.append(runId, records);
      const outcome = await (await heddle.resume(runId, plan)).finish();
      expect([cut, plain(outcome.outputs)]).toEqual([cut, plain(whole.outputs)]);
    }
    expect(world.sent).toHaveLength(1);
  });

  it('does not reuse a result if the draft gives its inputs a stricter label', async () => {
    const heddle = bench();
    await heddle.run(sketch('double', 'double'), { inputs: { value: 2 } });
    const draft = sketch('double', 'double');
    const a = { type: 'do', config: { behaviour: 'double' }, label: 'confidential' as const };
    const strict: Sketch = { ...draft, nodes: { ...draft.nodes, a } };
    const replay = await heddle.run(strict, { inputs: { value: 2 }, replay: { of: 'run-1' } });
    expect([cachedPathsOf(replay.events), replay.outputs?.['value']?.label.level]).toEqual([[], 'confidential']);
  });

  it('fails if the recorded run is gone', async () => {
    const replay = await bench().run(sketch('double', 'double'), { inputs: { value: 2 }, replay: { of: 'none' } });
    expect([replay.status, replay.error?.code]).toEqual(['failed', 'run_not_found']);
  });
});
