import { createCatalog, compilePlan, labelOf, type Label, type StreamEvent } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { expect, it } from '@jest/globals';
import type { RunHub } from '../live/run-hub.js';
import { followRun } from './follow-run.js';

const text = { fields: [{ name: 'text', type: 'Text' }] };
const { plan } = compilePlan(
  {
    heddle: 2,
    name: 'Answer',
    nodes: {
      ask: { type: 'input', version: 1, config: text },
      step: { type: 'prompt', version: 1, config: { template: '{{ text }}' } },
      reply: { type: 'output', version: 1, config: text },
    },
    edges: [
      { from: 'ask.text', to: 'step.text' },
      { from: 'step.text', to: 'reply.text' },
    ],
  },
  createCatalog(standardNodes),
);

/** The text that a caller with the clearance internal gets of these events, and the error that ends it. */
async function received(
  ...events: readonly StreamEvent[]
): Promise<{ readonly text: string; readonly error?: unknown }> {
  const hub = {
    watch(_runId, _after, sink) {
      sink.send(events);
      return () => undefined;
    },
  } as Pick<RunHub, 'watch'> as RunHub;
  let got = '';
  const { signal } = new AbortController();
  try {
    for await (const part of followRun({
      hub,
      plan: plan!,
      runId: 'r',
      signal,
      leaving: signal,
      replyClearance: 'internal',
      outputsOf: async () => ({}),
    }))
      got += part.type === 'delta' ? part.delta : '';
  } catch (error) {
    return { text: got, error };
  }
  return { text: got };
}

const about = { runId: 'r', time: 1, path: 'step', attempt: 1, port: 'text' } as const;
const snapshot = (said: string, label?: Label): StreamEvent => ({
  type: 'node-snapshot',
  ...about,
  text: said,
  ...(label && { label }),
});
const delta = (offset: number, said: string, label?: Label): StreamEvent => ({
  type: 'node-delta',
  ...about,
  offset,
  delta: said,
  ...(label && { label }),
});
const end = (label: Label): StreamEvent => ({
  type: 'run-end',
  runId: 'r',
  seq: 3,
  time: 2,
  status: 'done',
  outputs: { text: { value: 'one two', label } },
});
const internal = labelOf('internal');
const secret = labelOf('confidential');
const refused = { text: '', error: expect.objectContaining({ code: 'label_refused' }) };

it('returns the text so far and what follows, up to the clearance of the reply', async () => {
  expect(await received(snapshot('one ', internal), delta(4, 'two', internal), end(internal))).toEqual({
    text: 'one two',
  });
});

it('refuses text above the clearance, even if it was written before the caller followed the run', async () => {
  expect(await received(delta(0, 'one ', secret), end(secret))).toEqual(refused);
  expect(await received(snapshot('one ', secret), end(secret))).toEqual(refused);
});

it('returns no text without a known label, and nothing after it, before the output', async () => {
  expect(await received(snapshot('one '), delta(4, 'two'), end(secret))).toEqual(refused);
  expect(await received(snapshot('one '), delta(4, 'two', internal), end(secret))).toEqual(refused);
  expect(await received(snapshot('one '), delta(4, 'two', internal), end(internal))).toEqual({ text: 'one two' });
});
