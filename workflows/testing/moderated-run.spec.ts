import { compilePlan, createCatalog, parseDocument, type Resources } from '@heddle/core';
import { createFakeLanguageModel } from '@heddle/core/testing';
import { createDeltaGate } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runFile } from './open-test-heddle.js';

const graph = {
  heddle: 2,
  name: 'Moderated',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    write: { type: 'generate', version: 1, config: { model: 'writer' } },
    judge: {
      type: 'moderate',
      version: 1,
      config: { words: [{ category: 'secret', list: ['blue falcon'], action: 'block' }] },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'write.prompt' },
    { from: 'write.text', to: 'judge.text' },
    { from: 'judge.text', to: 'reply.answer' },
  ],
};

describe('a moderated run', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'heddle-moderated-'));
    await writeFile(path.join(folder, 'workflow.json'), JSON.stringify(graph));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('stops the model, and lets no withheld text out', async () => {
    const pieces = ['The loom hums. ', 'The project is Blue', ' Falcon, and more. ', 'Then it goes on.'];
    let wasStopped = false;
    // The model hangs after its text, so that only an abort ends it.
    const model = createFakeLanguageModel([{ text: pieces, hangs: true }], { id: 'writer' });
    const watched: typeof model = {
      ...model,
      generate: (request, options) => {
        options.signal.addEventListener('abort', () => (wasStopped = true), { once: true });
        return model.generate(request, options);
      },
    };
    const resources: Resources = { use: () => Promise.resolve(watched as never) };
    const { outcome, outputs, events } = await runFile(
      path.join(folder, 'workflow.json'),
      { question: 'What is the project?' },
      createCatalog(standardNodes),
      resources,
      'run-1',
    );
    expect(outcome.error).toBeUndefined();
    expect(wasStopped).toBe(true);
    expect(outputs['answer']).toBe('The loom hums.');
    const { plan } = compilePlan(parseDocument(JSON.stringify(graph)), createCatalog(standardNodes));
    if (plan === undefined) throw new Error('The graph does not compile.');
    const outputsOf = createDeltaGate(plan);
    const left = events.filter((event) => event.type === 'node-delta' && outputsOf(event).length > 0);
    expect(left.length).toBeGreaterThan(0);
    expect(JSON.stringify(left)).not.toMatch(/Blue|Falcon/);
  }, 90_000);
});
