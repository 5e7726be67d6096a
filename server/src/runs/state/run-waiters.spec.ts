import { describe, expect, it } from '@jest/globals';
import { defineNode, Text, type WorkflowDocument } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { getEventListeners } from 'node:events';
import { z } from 'zod';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { RunWaiters } from './run-waiters.js';

describe('RunWaiters', () => {
  it('wakes all waiters of a run, and no others', async () => {
    const waiters = new RunWaiters();
    const woken: string[] = [];
    const wait = (runId: string, name: string) => waiters.add(runId).left.then(() => woken.push(name));
    void wait('a', 'first');
    const second = wait('a', 'second');
    void wait('b', 'other');
    waiters.wake('a');
    await second;
    expect([woken, waiters.size]).toEqual([['first', 'second'], 1]);
  });

  it('keeps nothing of a wait that was cancelled', () => {
    const waiters = new RunWaiters();
    const one = waiters.add('a');
    const two = waiters.add('a');
    one.forget();
    expect(waiters.size).toBe(1);
    two.forget();
    one.forget();
    expect(waiters.size).toBe(0);
  });
});

describe('waiting for runs', () => {
  const document: WorkflowDocument = {
    heddle: 2,
    name: 'Gated',
    nodes: {
      ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
      gate: { type: 'gate', version: 1, config: {} },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    },
    edges: [
      { from: 'ask.question', to: 'gate.text' },
      { from: 'gate.text', to: 'reply.answer' },
    ],
  };
  /** A Heddle whose run stays in `gate` until the gate opens, or until the server stops. */
  function open() {
    const gate = new AbortController();
    let enter = (): void => undefined;
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const node = defineNode({
      type: 'gate',
      version: 1,
      category: 'data',
      title: 'Gate',
      summary: 'Of tests.',
      role: 'step',
      effects: [],
      config: z.object({}),
      inputs: { text: Text },
      outputs: { text: Text },
      async run({ inputs, context }) {
        enter();
        const ends = AbortSignal.any([gate.signal, context.signal]);
        if (!ends.aborted) await new Promise((resolve) => ends.addEventListener('abort', resolve, { once: true }));
        context.signal.throwIfAborted();
        return { text: inputs.text };
      },
    });
    const heddle = createTestHeddle({
      engine: { startRun, resumeRun },
      settings: { HEDDLE_STOP_MS: '0' },
      nodes: [...standardNodes, node],
    });
    /** Starts the run, and waits until it is in the gate. */
    const start = async (): Promise<string> => {
      const request = { inputs: { question: 'why' } };
      const { runId } = await heddle.runs.start({ document, request, trigger: 'api' });
      await entered;
      return runId;
    };
    return { heddle, start, gate };
  }

  it('leaves no waiter and no listener of its signal when the run has ended', async () => {
    const { heddle, start, gate } = open();
    try {
      const runId = await start();
      const { signal } = new AbortController();
      const waits = [heddle.runs.wait(runId), heddle.runs.wait(runId, signal), heddle.runs.settled(runId, signal)];
      expect([heddle.runs.awaited, getEventListeners(signal, 'abort').length]).toEqual([1, 2]);
      gate.abort();
      await Promise.all(waits);
      await heddle.runs.wait(runId, signal);
      expect([heddle.runs.awaited, getEventListeners(signal, 'abort')]).toEqual([0, []]);
    } finally {
      await heddle.close();
    }
  });

  it('leaves neither when it is aborted, and the run continues', async () => {
    const { heddle, start, gate } = open();
    try {
      const runId = await start();
      const caller = new AbortController();
      const wait = heddle.runs.wait(runId, caller.signal);
      caller.abort();
      await expect(wait).rejects.toMatchObject({ code: 'aborted', details: { runId } });
      await expect(heddle.runs.wait(runId, caller.signal)).rejects.toMatchObject({ code: 'aborted' });
      expect([heddle.runs.awaited, getEventListeners(caller.signal, 'abort')]).toEqual([0, []]);
      gate.abort();
      expect(await heddle.runs.wait(runId)).toMatchObject({ status: 'done', outputs: { answer: 'why' } });
    } finally {
      await heddle.close();
    }
  });

  it('leaves neither when the server stops', async () => {
    const { heddle, start } = open();
    try {
      const runId = await start();
      const { signal } = new AbortController();
      const wait = heddle.runs.wait(runId, signal).catch((error: unknown) => error);
      await heddle.stop();
      expect(await wait).toMatchObject({ code: 'shutting_down' });
      expect([heddle.runs.awaited, getEventListeners(signal, 'abort')]).toEqual([0, []]);
    } finally {
      await heddle.close();
    }
  });
});
