import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Citation } from '@heddle/core';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hasStarterModels, openTestHeddle, type TestHeddle, type TestRun } from '../testing/open-test-heddle.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const file = path.join(here, 'workflow.json');
const rounds = ({ events }: TestRun): number =>
  events.filter((event) => event.type === 'node-end' && event.path.split('@')[0] === 'search').length;

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `research-agent${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let heddle: TestHeddle;
    beforeAll(async () => {
      heddle = await openTestHeddle();
      await heddle.ingest('handbook', path.join(here, '../ask-the-handbook/handbook/people'));
    }, 120_000);
    afterAll(() => heddle.close());

    it('answers in the first round if the documents have the answer, and cites its location', async () => {
      const run = await heddle.run(file, { question: 'How much is the meal allowance on business trips?' });
      expect(run.outcome.error).toBeUndefined();
      expect(rounds(run)).toBe(1);
      expect(run.outputs).toMatchObject({ support: 1, answer: expect.stringContaining('48 euros') });
      const citations = z.array(Citation).min(1).parse(run.outputs['citations']);
      const collection = await heddle.collections.open('handbook');
      for (const { document, passage: id, quote, quoteStart, quoteEnd } of citations) {
        const passage = (await collection.passages(document)).find((one) => one.id === id);
        expect(passage?.text.slice(quoteStart, quoteEnd)).toBe(quote);
      }
    }, 120_000);

    it('searches again with another query if they do not, and says so at the end', async () => {
      const run = await heddle.run(file, {
        question: 'Which 3 moons of Jupiter did the founder visit in 1877, and in what spaceship?',
      });
      expect(run.outcome.error).toBeUndefined();
      const searched = run.events.flatMap((event) =>
        event.type === 'node-end' && event.path.split('@')[0] === 'rewrite' ? [event.outputs['query']?.value] : [],
      );
      const last = z.array(z.object({ isSupported: z.boolean() })).parse(run.outputs['report']);
      // Either a later round found support, or all rounds were used; the message at the end follows from the last judgement.
      if (last.every(({ isSupported }) => isSupported)) expect(searched.length).toBeLessThanOrEqual(3);
      else {
        expect(searched.length).toBe(3);
        expect(run.outputs['answer']).toMatch(/^The documents do not settle this\./);
      }
      expect(searched[0]).toContain('moons of Jupiter');
    }, 180_000);
  },
);
