import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCatalog, type Resources } from '@heddle/core';
import { createFakeLanguageModel } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  hasStarterModels,
  openTestHeddle,
  runFile,
  type TestHeddle,
  type TestRun,
} from '../testing/open-test-heddle.js';

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'workflow.json');
const question = 'When will my loom arrive? My name is Ada Jensen.';
const Rounds = z.array(
  z.object({
    round: z.number(),
    violations: z.array(z.object({ principle: z.string(), why: z.string() })),
    before: z.string(),
    after: z.string().optional(),
  }),
);

describe('constitution, with a scripted model', () => {
  it('drafts, criticises, revises, and keeps every round in the record', async () => {
    const model = createFakeLanguageModel([
      'Dear Ada Jensen, it arrives on Monday.',
      '{"violations":[{"principle":1,"why":"It promises Monday."},{"principle":5,"why":"It says dear."}]}',
      'Your loom is on its way.',
      '{"violations":[]}',
    ]);
    const resources: Resources = { use: () => Promise.resolve(model as never) };
    const run = await runFile(
      file,
      { question, rules: '- The answer never says dear.' },
      createCatalog(standardNodes),
      resources,
      'run-1',
    );
    expect(run.outcome.error).toBeUndefined();
    expect(run.outputs).toMatchObject({ answer: 'Your loom is on its way.', passed: true });
    expect(Rounds.parse(run.outputs['rounds'])[0]?.violations.map(({ principle }) => principle)).toEqual([
      'The answer promises no date, price or success.',
      'The answer never says dear.',
    ]);
    const steps = run.events.flatMap((event) => (event.type === 'node-step' ? [event.key] : []));
    expect(steps).toEqual(['judge-1-1', 'revise-1', 'judge-2-1']);
    const written = run.events.flatMap((event) =>
      event.type === 'node-delta' && event.path === 'revise' && event.port === 'transcript' ? [event.delta] : [],
    );
    expect(written.join('')).toBe(run.outputs['transcript']);
    expect(written.length).toBeGreaterThan(4);
  });
});

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `constitution${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let heddle: TestHeddle;
    let run: TestRun;
    beforeAll(async () => {
      heddle = await openTestHeddle();
      run = await heddle.run(file, { question });
    }, 240_000);
    afterAll(() => heddle.close());

    it('runs on the starter model within its rounds, and reports correctly whether the answer passed', () => {
      expect(run.outcome.error).toBeUndefined();
      const rounds = Rounds.parse(run.outputs['rounds']);
      expect(rounds.length).toBeGreaterThanOrEqual(1);
      expect(rounds.length).toBeLessThanOrEqual(3);
      expect(run.outputs['passed']).toBe(rounds.at(-1)?.violations.length === 0);
      expect(run.outputs['answer']).toBe(rounds.at(-1)?.after ?? rounds.at(-1)?.before);
      expect(run.outputs['answer']).not.toBe('');
    });
  },
);
