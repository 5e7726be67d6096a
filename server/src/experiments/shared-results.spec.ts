import { describe, expect, it } from '@jest/globals';
import type { ExperimentStore, ResultStore } from '@heddle/adapters/experiments';
import {
  createCatalog,
  compilePlan,
  HeddleError,
  type Plan,
  type RunAcceptance,
  type WorkflowDocument,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { createResultReuse, hasShared, isShared } from './shared-results.js';
import { reusedWork } from './reused-work.js';

const plan = (nodes: WorkflowDocument['nodes'], edges: readonly [string, string][]): Plan => {
  const document: WorkflowDocument = {
    heddle: 2,
    name: 'W',
    nodes: {
      ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
      ...nodes,
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    },
    edges: edges.map(([from, to]) => ({ from, to })),
  };
  const { plan: compiled, issues } = compilePlan(document, createCatalog(standardNodes));
  if (compiled === undefined) throw new Error(JSON.stringify(issues));
  return compiled;
};
const generate = (config: Readonly<Record<string, unknown>>): WorkflowDocument['nodes'][string] => ({
  type: 'generate',
  version: 1,
  config: { model: 'vendor/model', ...config },
});
const chain = (config: Readonly<Record<string, unknown>>): Plan =>
  plan({ say: generate(config) }, [
    ['ask.question', 'say.prompt'],
    ['say.text', 'reply.answer'],
  ]);
const nodeOf = (of: Plan, id: string) => of.nodes[of.indexOf.get(id) ?? -1]!;

describe('a shared result of the runs of an experiment', () => {
  it('is that of a model with temperature 0 or a seed; of any other call only when calls are cached', () => {
    expect(hasShared(chain({ temperature: 0 }), false)).toBe(true);
    expect(hasShared(chain({ temperature: 1, seed: 7 }), false)).toBe(true);
    expect(hasShared(chain({ temperature: 1 }), false)).toBe(false);
    expect(hasShared(chain({ temperature: 1 }), true)).toBe(true);
  });

  it('is not that of a model chosen by another node, nor of a node with effects', () => {
    const chosen = plan({ say: generate({ temperature: 0 }) }, [
      ['ask.question', 'say.prompt'],
      ['ask.question', 'say.model'],
      ['say.text', 'reply.answer'],
    ]);
    expect(isShared(nodeOf(chosen, 'say'), true)).toBe(false);
    const say = nodeOf(chain({ temperature: 0 }), 'say');
    const definition = { ...say.definition, effects: ['model', 'network'] as const };
    expect(isShared({ ...say, definition }, true)).toBe(false);
  });

  it('is computed again when the store fails or the connection is gone, so that no row fails', async () => {
    const warned: string[] = [];
    const full = (): never => {
      throw new HeddleError('storage_full', 'The disk is full.');
    };
    const log = {
      debug: full,
      info: full,
      error: full,
      warn: (_facts: object, message: string) => warned.push(message),
    };
    const reuseWith = (results: Partial<ResultStore>) =>
      createResultReuse({
        experiments: {
          get: () => Promise.resolve({ project: 'p', body: { reuse: true } }),
        } as unknown as ExperimentStore,
        experimentResults: results as ResultStore,
        models: { isOpen: false, get: full, close: full },
        clock: { now: () => 0 },
        log,
      }).of({ caller: { channel: 'experiment', subject: 'experiment:x1', principal: 'local' } } as RunAcceptance);
    const node = nodeOf(chain({ temperature: 0 }), 'say');
    const result = { run: 'r', outputs: {}, saved: { ms: 1, inputTokens: 0, outputTokens: 0, cost: 0 } };
    const failing = await reuseWith({ connectionChanged: () => Promise.resolve(1), find: full, keep: full });
    expect(await failing?.find(node, 'm', 'i')).toBeUndefined();
    await failing?.keep(node, 'm', 'i', result);
    expect(warned).toHaveLength(2);
    const gone = await reuseWith({ connectionChanged: () => Promise.resolve(undefined), find: full, keep: full });
    expect(await gone?.find(node, 'm', 'i')).toBeUndefined();
    expect(warned).toHaveLength(2);
  });
});

describe('the time that reused results saved', () => {
  const decision = (path: string, ms: number) =>
    ({
      type: 'node-decision',
      kind: 'reuse',
      path,
      details: { ms, cost: 1, inputTokens: 2, outputTokens: 3 },
    }) as never;

  it('counts only the longest path: parallel nodes do not add up', () => {
    const beside = plan({ one: generate({}), two: generate({}) }, [
      ['ask.question', 'one.prompt'],
      ['ask.question', 'two.prompt'],
      ['one.text', 'reply.answer'],
    ]);
    expect(reusedWork(beside, [decision('one', 100), decision('two', 300)])).toEqual({
      nodes: 2,
      ms: 300,
      cost: 2,
      tokens: 10,
    });
    expect(reusedWork(beside, [])).toBeUndefined();
  });

  it('adds up along a chain', () => {
    const long = plan({ one: generate({}), two: generate({}) }, [
      ['ask.question', 'one.prompt'],
      ['one.text', 'two.prompt'],
      ['two.text', 'reply.answer'],
    ]);
    expect(reusedWork(long, [decision('one', 100), decision('two', 300)])).toMatchObject({ ms: 400 });
  });
});
