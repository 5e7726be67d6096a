import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeddleError, type NodeDefinition, type ResourceMap } from '@heddle/core';
import { createFakeContext, createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { openCustomNodes, type CustomNodes } from './open-custom-nodes.js';
import { resourceMembers } from './wire/resource-members.js';

const folder = fileURLToPath(new URL('./__fixtures__/own', import.meta.url));
let nodes: CustomNodes;
beforeAll(async () => {
  nodes = await openCustomNodes([folder], { memoryMb: 300, heldMs: 3_000 });
});
afterAll(() => nodes.close());

function nodeOf(type: string): NodeDefinition {
  const found = nodes.definitions.find((node) => node.type === type);
  if (found === undefined) throw new Error(`No node ${type}`);
  return found;
}

/** The error with which a run failed. */
const failureOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
const crash = (config: Readonly<Record<string, unknown>>) => runNode(nodeOf('own/crash'), { config });

describe('the context of a node in a process of its own', () => {
  it('passes streams in and deltas out', async () => {
    const { deltas, outputs } = await runNode(nodeOf('own/shout'), { inputs: { text: ['a', 'b', 'c'] } });
    expect(deltas.map(({ delta }) => delta)).toEqual(['A', 'B', 'C']);
    expect(outputs).toEqual({ text: 'ABC' });
  });

  it('delivers thousands of deltas in order and without loss', async () => {
    const { deltas } = await runNode(nodeOf('own/count'), { config: { to: 5_000 } });
    expect(deltas.map(({ delta }) => Number(delta))).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
  });

  it('makes a node wait for a slow reader, without loss', async () => {
    const { context } = createFakeContext();
    const deltas = nodeOf('own/count').run({ config: { to: 5_000, pauseMs: 0 }, inputs: {}, context });
    if (!(Symbol.asyncIterator in deltas)) throw new Error('The node has no deltas.');
    const read = [(await deltas.next()).value];
    // A node that did not wait would have written everything before its process runs another node.
    await runNode(nodeOf('own/shout'), { inputs: { text: ['a'] } });
    for await (const delta of deltas) read.push(delta);
    expect(read.map((delta) => Number(delta.delta))).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
  });

  it('provides resources with streams, callbacks, iterables, bytes and vectors, and the rest of the context', async () => {
    const ingested: unknown[] = [];
    const embedder: Partial<ResourceMap['embedder']> = {
      id: 'e',
      embed: async (texts, { onProgress, signal }) => {
        onProgress?.(texts.length);
        return texts.map(() => Float32Array.of(signal instanceof AbortSignal ? 1 : 0, 0.5));
      },
    };
    const collection: Partial<ResourceMap['collection']> = {
      ingest: async (documents, options) => {
        for await (const document of documents) ingested.push([document.id, document.content]);
        return { documents: ingested.length, sync: options?.sync } as never;
      },
    };
    const run = await runNode(nodeOf('own/reach'), {
      config: { secret: 'token' },
      secrets: ['token'],
      nested: (workflow, inputs) => ({ workflow, ...inputs }),
      resources: {
        languageModel: createFakeLanguageModel([{ text: ['Hel', 'lo'] }]),
        embedder: embedder as ResourceMap['embedder'],
        collection: collection as ResourceMap['collection'],
        fetch: {
          destination: { name: 'web', clearance: 'public', isLocal: false },
          fetch: async ({ url }) => ({ status: 200, headers: {}, body: Buffer.from(`of ${url}`), url }),
        },
      },
    });
    expect(run.outputs['seen']).toEqual({
      model: 'fake',
      text: 'Hello',
      vector: [1, 0.5],
      done: [1],
      report: { documents: 2, sync: true },
      body: 'of http://example.test/',
      secret: { name: 'token' },
      step: { idempotencyKey: 'key-of-once' },
      nested: { workflow: '#part', a: 1 },
      label: 'confidential',
    });
    expect(ingested).toEqual([
      ['a', 'A'],
      ['b', new Uint8Array([66])],
    ]);
    expect(run.log).toEqual([{ level: 'info', message: 'A line', details: { of: 'log' } }]);
    expect(run.progress).toEqual([{ share: 0.5, message: 'half' }]);
    expect(run.usage).toEqual([{ inputTokens: 1, outputTokens: 2 }]);
    expect(run.decisions).toEqual([{ kind: 'route', summary: 'Because.' }]);
  });

  it('passes on the error of a node with its code', async () => {
    await expect(runNode(nodeOf('own/fail'))).rejects.toMatchObject({ code: 'input_empty', details: { a: 1 } });
  });
});

describe('declared effects', () => {
  const effects = ['model', 'vectors', 'network', 'files', 'process', 'human', 'nothing'];
  const kinds = [
    ...Object.entries(resourceMembers).map(([kind, { effect }]) => [kind, effect] as const),
    ['requestInput', 'human'] as const,
  ];
  it.each(kinds)("'%s' needs the effect '%s', and no other gives it", async (kind, effect) => {
    for (const declared of effects) {
      const run = await failureOf(
        runNode(nodeOf(`own/declares-${declared}`), { config: { kind }, resources: { [kind]: {} } }),
      );
      if (declared === effect) expect([declared, run]).toEqual([declared, 'it did not fail']);
      else
        expect(run).toMatchObject({
          code: 'effect_undeclared',
          message: expect.stringMatching(`'own/declares-${declared}'.*${kind}.*'${effect}'`),
        });
    }
  });

  it('a secret needs a reference that names it', async () => {
    const secrets = ['token'];
    expect(
      await failureOf(runNode(nodeOf('own/declares-network'), { config: { kind: 'secret' }, secrets })),
    ).toMatchObject({
      code: 'effect_undeclared',
      message: expect.stringContaining("'token'"),
    });
  });
});

describe('a node that does not end as it should', () => {
  it('is aborted, and stops', async () => {
    const controller = new AbortController();
    const { context } = createFakeContext({ signal: controller.signal });
    const node = nodeOf('own/count');
    const result = node.run({ config: node.config.parse({ to: 1_000, pauseMs: 10 }), inputs: {}, context });
    if (!(Symbol.asyncIterator in result)) throw new Error('No generator');
    await result.next();
    const reason = new HeddleError('run_cancelled', 'Stopped.');
    controller.abort(reason);
    expect(
      await failureOf(
        (async () => {
          for (;;) if ((await result.next()).done === true) return;
        })(),
      ),
    ).toBe(reason);
  });

  it.each([
    ['deaf', 'own/count', { to: 1_000, pauseMs: 1_000, isDeaf: true }],
    ['busy for ever', 'own/crash', { how: 'spin' }],
  ])('is ended with its process when it is %s, and others continue in a new process', async (_name, type, config) => {
    const controller = new AbortController();
    const node = nodeOf(type);
    const run = failureOf(runNode(node, { config, signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const other = failureOf(crash({ how: 'throw', step: true }).then(() => 'done'));
    controller.abort(new HeddleError('node_timeout', 'Too long.'));
    expect(await run).toMatchObject({ code: 'node_timeout' });
    expect(await other).toMatchObject({ code: 'custom_node_crashed', retryable: true });
    expect((await crash({ how: 'not' })).outputs).toEqual({ value: null });
  });

  it.each([
    ['exits', 'exit', /crashed/],
    ['throws where nothing catches', 'throw', /out of the blue/],
    ['takes all memory', 'memory', /memory/],
    ['is held by a node that never gives way', 'spin', /blocked it for 3 s/],
  ])('fails as retryable when its process %s', async (_name, how, message) => {
    expect(await failureOf(crash({ how }))).toMatchObject({
      code: 'custom_node_crashed',
      retryable: true,
      message: expect.stringMatching(message),
    });
    expect((await crash({ how: 'not' })).outputs).toEqual({ value: null });
  });

  it('fails with an error when computing its ports takes too long, and works again later', async () => {
    const node = nodeOf('own/slow-ports');
    expect(node.config.safeParse({ isSlow: true })).toMatchObject({
      success: false,
      error: { issues: [{ message: expect.stringContaining("'own/slow-ports'") }] },
    });
    // The second call does not wait again: that would take a second each time.
    const began = performance.now();
    for (let times = 0; times < 20; times += 1) expect(node.config.safeParse({ isSlow: true }).success).toBe(false);
    expect(performance.now() - began).toBeLessThan(10_000);
    const deadline = performance.now() + 20_000;
    while (!node.config.safeParse({ isSlow: false, at: performance.now() }).success && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(node.config.safeParse({ isSlow: false }).success).toBe(true);
  });
});
