import { describe, expect, it } from '@jest/globals';
import { labelOf, type CallScope, type LanguageModel, type Resources } from '@heddle/core';
import { createBench, ticks, type Sketch } from '../testing/harness.js';
import { pair } from '../testing/sketches.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

/** A remote model that takes internal data. */
function remoteModel(sent: string[]): Resources {
  const model: LanguageModel = {
    info: {
      id: 'far',
      contextTokens: 100,
      supports: { schema: false, tools: false, images: false },
      destination: { name: 'far/model', clearance: 'internal', isLocal: false },
    },
    generate: async function* () {
      sent.push('generate');
      await Promise.resolve();
      yield { type: 'text', text: 'hi' };
    },
    countTokens: () => Promise.resolve(1),
  };
  // The tests use only language models.
  return { use: () => Promise.resolve(model as never) };
}

describe('clearances of destinations', () => {
  it('refuses to send data above the clearance of a destination, records it, and never takes the error port', async () => {
    const sent: string[] = [];
    const behaviour = (level: 'internal' | 'restricted'): Behaviours => ({
      a: async ({ context }) => {
        const model = await context.use('languageModel', 'far');
        context.raise(labelOf(level));
        for await (const _ of model.generate({ messages: [] }, { signal: context.signal })) break;
        return { out: model.info.id };
      },
    });
    const sketch: Sketch = {
      ...pair,
      edges: [...pair.edges!, 'a.error -> e.value'].filter((edge) => edge !== 'b.out -> e.value'),
    };
    const refused = await createBench(testNodes(behaviour('restricted')), {
      host: { resources: remoteModel(sent) },
    }).run(sketch);
    expect([refused.status, refused.error?.code, sent]).toEqual(['failed', 'label_refused', []]);
    expect(refused.events.find((event) => event.type === 'label-decision')).toMatchObject({
      path: 'a',
      decision: 'refused',
      destination: 'far/model',
      clearance: 'internal',
      label: { level: 'restricted' },
    });
    const allowed = await createBench(testNodes(behaviour('internal')), { host: { resources: remoteModel(sent) } }).run(
      sketch,
    );
    expect([allowed.status, sent]).toEqual(['done', ['generate']]);
    expect(allowed.events.find((event) => event.type === 'label-decision')).toMatchObject({
      decision: 'allowed',
      destination: 'far/model',
    });
  });

  it('aborts a node that receives a delta above the clearance of the destination that it uses', async () => {
    const behaviours: Behaviours = {
      p: async function* ({ context }) {
        yield { delta: 'fine' };
        await ticks(4);
        context.raise(labelOf('restricted'));
        yield { delta: 'secret' };
        await ticks(4);
        return { text: 'finesecret' };
      },
      c: async ({ inputs, context }) => {
        const model = await context.use('languageModel', 'far');
        await model.countTokens([]);
        for await (const _ of inputs['text'] as AsyncIterable<string>) await ticks(1);
        return { out: 1 };
      },
    };
    const outcome = await createBench(testNodes(behaviours), { host: { resources: remoteModel([]) } }).run({
      nodes: {
        p: { type: 'do', config: { inputs: [], outputs: ['text$'] } },
        c: { type: 'do', config: { inputs: ['text~'] } },
      },
      edges: ['p.text -> c.text'],
    });
    expect([outcome.status, outcome.error?.code, outcome.error?.path]).toEqual(['failed', 'label_refused', 'c']);
  });

  it('refuses to store values above the label of a collection, and to search above the clearance of its embedding model', async () => {
    const handed: string[] = [];
    const near = { name: 'notes', clearance: 'internal', isLocal: true } as const;
    const far = { name: 'far/embedder', clearance: 'public', isLocal: false } as const;
    const collection = (destinations: object): Resources => ({
      use: () =>
        Promise.resolve({
          ...destinations,
          ingest: async () => void handed.push('ingest'),
          search: async () => void handed.push('search'),
          info: async () => void handed.push('info'),
        } as never),
    });
    const behaviour = (method: 'ingest' | 'search'): Behaviours => ({
      a: async ({ context }) => {
        if (method === 'ingest') context.raise(labelOf('confidential'));
        const used = await context.use('collection', 'notes');
        await used.info();
        await used[method]({ query: 'q' } as never);
        return { out: 1 };
      },
    });
    const status = async (destinations: object, method: 'ingest' | 'search'): Promise<unknown> => {
      const outcome = await createBench(testNodes(behaviour(method)), {
        host: { resources: collection(destinations) },
      }).run(pair);
      return outcome.error?.code ?? outcome.status;
    };
    expect(await status({ destination: near }, 'ingest')).toBe('label_refused');
    expect(await status({ destination: near }, 'search')).toBe('done');
    expect(await status({ destination: near, embedding: far }, 'search')).toBe('label_refused');
    expect(await status({}, 'ingest')).toBe('done');
    expect(handed).toEqual(['info', 'info', 'search', 'info', 'info', 'ingest']);
  });
});

describe('resources of a host', () => {
  it('gives the host the execution that asks for a resource, and records the decisions of the host', async () => {
    const scopes: CallScope[] = [];
    const resources: Resources = {
      use: () => Promise.reject(new Error('never asked without a scope')),
      scoped: (scope) => {
        scopes.push(scope);
        return remoteModel([]);
      },
    };
    const behaviours: Behaviours = {
      a: async ({ context }) => {
        await context.use('languageModel', 'far');
        await context.use('languageModel', 'far');
        scopes[0]?.record({ type: 'node-decision', kind: 'budget', summary: 'Enough is left.' });
        context.decide({ kind: 'route', summary: 'Kept local.', details: { candidates: 2 } });
        return { out: 1 };
      },
    };
    const outcome = await createBench(testNodes(behaviours), { host: { resources } }).run(pair);
    expect(scopes.map(({ runId, path, attempt, label }) => ({ runId, path, attempt, label }))).toEqual([
      { runId: outcome.runId, path: 'a', attempt: 1, label: labelOf('internal') },
    ]);
    expect(
      outcome.events.flatMap((event) =>
        event.type === 'node-decision' ? [[event.path, event.kind, event.summary]] : [],
      ),
    ).toEqual([
      ['a', 'budget', 'Enough is left.'],
      ['a', 'route', 'Kept local.'],
    ]);
  });
});
