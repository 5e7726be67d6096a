import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { createFakeLanguageModel, runNode, type FakeReply, type RunNodeOptions } from '@heddle/core/testing';
import { fallback } from './fallback.node.js';

const down = new HeddleError('provider_failed', 'Down.');

/** Runs the node with scripted models. Returns the result and the models that were called, in order. */
async function run(replies: Readonly<Record<string, FakeReply>>, options: RunNodeOptions = {}) {
  const asked: string[] = [];
  const languageModel = (id: string) => {
    asked.push(id);
    return createFakeLanguageModel([replies[id] ?? 'no such model'], { id });
  };
  const result = runNode(fallback, {
    ...options,
    config: { models: Object.keys(replies), ...options.config },
    inputs: { prompt: 'Hi', ...options.inputs },
    resources: { languageModel },
  });
  return { asked, result: await result.catch((error: unknown) => error as HeddleError) };
}

describe('fallback', () => {
  it('returns the answer of the first model that works, and records why others failed', async () => {
    const { asked, result } = await run({
      a: { error: down },
      b: { error: new HeddleError('circuit_open', 'Rests.') },
      c: 'Hello.',
      d: 'never',
    });
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(result).toMatchObject({
      outputs: {
        text: 'Hello.',
        tried: [
          { model: 'a', error: 'provider_failed' },
          { model: 'b', error: 'circuit_open' },
        ],
      },
      decisions: [{ kind: 'fallback', summary: 'Answered by c, after a (provider_failed), b (circuit_open).' }],
    });
  });

  it('tries the next model only after listed errors', async () => {
    const { asked, result } = await run({ a: { error: new HeddleError('label_refused', 'No.') }, b: 'Hello.' });
    expect([asked, result]).toMatchObject([['a'], { code: 'label_refused' }]);
    const narrow = await run({ a: { error: down }, b: 'Hello.' }, { config: { on: ['circuit_open'] } });
    expect([narrow.asked, narrow.result]).toMatchObject([['a'], { code: 'provider_failed' }]);
  });

  it('skips a model whose budget is spent only if the budget says downgrade', async () => {
    const spent = (onLimit: string) => new HeddleError('budget_exceeded', 'Used up.', { details: { onLimit } });
    expect((await run({ a: { error: spent('downgrade') }, b: 'Hello.' })).asked).toEqual(['a', 'b']);
    expect((await run({ a: { error: spent('stop') }, b: 'Hello.' })).asked).toEqual(['a']);
  });

  it('does not mix two answers: the attempt fails after sent text, and the next attempt starts with the next model', async () => {
    const broken = { a: { text: 'Half an', error: down }, b: 'A whole answer.' };
    const first = await run(broken);
    expect([first.asked, first.result]).toMatchObject([['a'], { code: 'provider_failed', retryable: true }]);
    const second = await run(broken, { attempt: 2 });
    expect([second.asked, second.result]).toMatchObject([['b'], { outputs: { text: 'A whole answer.' } }]);
  });

  it('holds text back if configured, and then also continues after a broken answer', async () => {
    const { asked, result } = await run(
      { a: { text: 'Half an', error: down }, b: 'A whole answer.' },
      { config: { hold: true } },
    );
    expect([asked, result]).toMatchObject([['a', 'b'], { outputs: { text: 'A whole answer.' }, deltas: [] }]);
  });

  it('tries the order of a route, and fails with the last error if no model answers', async () => {
    const replies = { a: { error: down }, b: { error: new HeddleError('model_busy', 'Full.') } };
    const { asked, result } = await run(replies, { inputs: { route: { order: ['b', 'a'] } } });
    expect([asked, result]).toMatchObject([['b', 'a'], { code: 'provider_failed' }]);
    expect((await run(replies, { inputs: { route: 'nonsense' } })).asked).toEqual(['a', 'b']);
  });
});
