import { describe, expect, it } from '@jest/globals';
import type { PublishedEvent, PublishedReply } from '@heddle/core';
import { clients, evidence, numbered, plain, runOf } from '../__fixtures__/history.js';
import { checkPromises } from './check-promises.js';
import type { Evidence, PublishedWatch } from '../evidence.js';

type Said = PublishedWatch['events'][number];
const nodes: readonly Said[] = numbered(plain).flatMap((event): Said[] => {
  if (event.type !== 'node-start' && event.type !== 'node-end') return [];
  const status = event.type === 'node-start' ? 'running' : 'done';
  return [{ id: event.seq, event: { type: 'node', seq: event.seq, node: event.path, status } }];
});
const said = (event: PublishedEvent): Said => ({ id: undefined, event });
const delta = (offset: number, text: string) => said({ type: 'delta', output: 'answer', offset, text });
const reply = (status: PublishedReply['status'] = 'done'): Said =>
  said({
    type: 'result',
    reply: { runId: 'one', status, outputs: { answer: 'A thread.' } } as unknown as PublishedReply,
  });
const stream = (events: readonly Said[], after = 0): PublishedWatch => ({ runId: 'one', after, events });
const streaming = (...streams: PublishedWatch[]): Evidence => evidence({ clients: clients({ streams }) });

describe('the checker of published streams', () => {
  it.each<readonly [string, Evidence]>([
    ['a whole stream', streaming(stream([...nodes, delta(0, 'A '), delta(2, 'thread.'), reply()]))],
    [
      'a stream that broke off and continued',
      streaming(stream(nodes.slice(0, 2)), stream([...nodes.slice(2), reply()], 3)),
    ],
    ['a stream whose run waits for a person', streaming(stream([...nodes.slice(0, 2), reply('suspended')]))],
    [
      'a stream whose process stopped, and that continued at another process',
      streaming(
        stream([...nodes.slice(0, 2), said({ type: 'error', code: 'shutting_down', message: 'Later.', runId: 'one' })]),
        stream([...nodes.slice(2), reply()], 3),
      ),
    ],
    [
      'a text that is sent again from the start',
      streaming(stream([...nodes, delta(0, 'A '), delta(0, 'A thread.'), reply()])),
    ],
  ])('finds nothing wrong with %s', (_, history) => {
    expect(checkPromises(history)).toEqual([]);
  });

  it.each<readonly [string, string, Evidence]>([
    ['G8', 'a gap', streaming(stream([...nodes.slice(0, 1), ...nodes.slice(2)]))],
    ['G8', 'an event twice', streaming(stream([...nodes.slice(0, 2), ...nodes.slice(1)]))],
    ['G8', 'an event again after a break', streaming(stream(nodes.slice(1), 3))],
    ['G8', 'an end before all events', streaming(stream([...nodes.slice(0, 3), reply()]))],
    [
      'G8',
      'an error before all events',
      streaming(
        stream([...nodes.slice(0, 3), said({ type: 'error', code: 'internal', message: 'No.', runId: 'one' })]),
      ),
    ],
    ['G8', 'a piece of text that is missing', streaming(stream([...nodes, delta(0, 'A '), delta(3, 'hread.')]))],
    ['G8', 'a text that is not the result', streaming(stream([...nodes, delta(0, 'A loom.'), reply()]))],
    ['G8', 'an event of a run that is missing', streaming({ ...stream(nodes.slice(0, 1)), runId: 'two' })],
    ['G3', 'two runs of one key', evidence({ runs: [runOf(plain), runOf(plain, { runId: 'two', rootId: 'two' })] })],
  ])('reports %s for %s', (promise, _, history) => {
    expect(checkPromises(history).map((violation) => violation.promise)).toContain(promise);
  });
});
