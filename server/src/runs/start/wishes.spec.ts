import { afterEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type WorkflowDocument } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { createFakeEngine } from '../../testing/fake-engine.js';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { testDocument } from '../../testing/test-nodes.js';

const asking: WorkflowDocument = {
  heddle: 2,
  name: 'Asking',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    ask: { type: 'human-input', version: 1, config: { title: 'Go on?' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'name', type: 'Json' }] } },
  },
  edges: [
    { from: 'who.name', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.name' },
  ],
};
const yes = { value: { choice: 'approve' } };
const open: ReturnType<typeof createTestHeddle>[] = [];

function heddleOf(options: Parameters<typeof createTestHeddle>[0]) {
  const heddle = createTestHeddle(options);
  open.push(heddle);
  return heddle;
}

async function suspendedRun(options: Parameters<typeof createTestHeddle>[0] = {}) {
  const engine = { startRun, resumeRun };
  const heddle = heddleOf({ withStandardNodes: true, withStoredJournal: true, engine, ...options });
  const { runId } = await heddle.runs.start({
    document: asking,
    request: { inputs: { name: 'Ada' } },
    trigger: 'test',
  });
  await heddle.runs.wait(runId);
  const [request] = await heddle.runs.requests(runId);
  return { heddle, runId, requestId: request?.requestId ?? '' };
}

afterEach(async () => {
  for (const heddle of open.splice(0)) {
    await heddle.stop();
    await heddle.close();
  }
});

describe('a cancel', () => {
  it('at the moment of an answer ends the run once: the answer is refused, and the run does not count as lost', async () => {
    const { heddle, runId, requestId } = await suspendedRun();
    const cancelled = heddle.runs.cancel(runId);
    const received = await heddle.runs.answer(runId, requestId, yes).then(
      () => 'answered',
      (error: unknown) => (error instanceof HeddleError ? error.code : String(error)),
    );
    await cancelled;
    expect(['run_terminal', 'human_input_decided', 'human_input_not_found']).toContain(received);
    const { status } = await heddle.runs.wait(runId);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([status, heddle.runs.lost]).toEqual(['cancelled', []]);
    const ends = (await heddle.parts.journal.events(runId)).filter(({ type }) => type === 'run-end');
    expect(ends).toHaveLength(1);
  });

  it('at the moment of another cancel succeeds for both', async () => {
    const { heddle, runId } = await suspendedRun();
    const both = await Promise.all([heddle.runs.cancel(runId), heddle.runs.cancel(runId)]);
    expect(both.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  it('at the moment when the run leaves memory still ends it, as the reply says', async () => {
    const engine = createFakeEngine();
    const heddle = heddleOf({ engine });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    const run = await engine.driven(runId);
    run.leaveUnheard();
    await run.suspend(Date.now() + 3_600_000);
    expect((await heddle.runs.cancel(runId)).status).toBe('cancelled');
    expect((await heddle.runs.summary(runId)).status).toBe('cancelled');
  });
});

describe('during a fault of the store', () => {
  /** A store that is full after `fill`. */
  const fillable = () => {
    let isFull = false;
    const check = (): void => {
      if (isFull) throw new HeddleError('storage_full', 'The disk is full.');
    };
    const storage = {
      check,
      mark: () => Promise.resolve(undefined),
      step: () => Promise.resolve({ removed: {}, isDone: true }),
      removeRuns: () => Promise.resolve(),
      removable: () => Promise.resolve([]),
      forgetAsked: () => Promise.resolve(),
      sweepFiles: async () => ({ files: 0, bytes: 0 }),
    };
    return { storage, fill: () => void (isFull = true), free: () => void (isFull = false) };
  };

  it('an answer is refused and the question stays open, instead of a reply that never comes', async () => {
    const { storage, fill, free } = fillable();
    const { heddle, runId, requestId } = await suspendedRun({ storage });
    fill();
    await expect(heddle.runs.answer(runId, requestId, yes)).rejects.toMatchObject({ code: 'storage_full' });
    free();
    await heddle.runs.answer(runId, requestId, yes);
    expect((await heddle.runs.wait(runId)).status).toBe('done');
  });

  it('a cancel that cannot be stored is refused', async () => {
    const { storage, fill } = fillable();
    const engine = createFakeEngine();
    const heddle = heddleOf({ engine, storage });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    (await engine.driven(runId)).leaveUnheard();
    fill();
    await expect(heddle.runs.cancel(runId)).rejects.toMatchObject({ code: 'storage_full' });
  });
});
