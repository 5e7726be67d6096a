import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Citation } from '@heddle/core';
import { drawn } from '@heddle/core/testing';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hasStarterModels, openTestHeddle, type TestHeddle, type TestRun } from '../testing/open-test-heddle.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const Question = z.object({ id: z.string(), question: z.string(), facts: z.array(z.string()), source: z.string() });
const questions = readFileSync(path.join(here, 'questions.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => Question.parse(JSON.parse(line)));

/** Questions that the starter model answers correctly; the model is small, so the other questions test only the search. */
const answered = drawn(['q01', 'q12', 'q23', 'q03', 'q04'], 1);

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `ask-the-handbook${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let heddle: TestHeddle;

    beforeAll(async () => {
      heddle = await openTestHeddle();
      await heddle.ingest('handbook', path.join(here, 'handbook'));
    }, 120_000);

    afterAll(() => heddle.close());

    /** The run of each question, made once: runs are slow, and no test changes one. */
    const runs = new Map<string, Promise<TestRun>>();
    const ask = (question: string): Promise<TestRun> => {
      const run = runs.get(question) ?? heddle.run(path.join(here, 'workflow.json'), { question });
      runs.set(question, run);
      return run;
    };

    it('finds the source document in the first three passages for at least nine of ten questions', async () => {
      const collection = await heddle.collections.open('handbook');
      const missed: string[] = [];
      for (const { id, question, source } of questions) {
        const passages = await collection.search({ query: question, k: 3 });
        if (!passages.some((passage) => passage.document === source)) missed.push(id);
      }
      expect(1 - missed.length / questions.length).toBeGreaterThanOrEqual(0.9);
    }, 180_000);

    it.each(questions.filter(({ id }) => answered.includes(id)))(
      'answers $id with the facts and cites its source',
      async ({ question, facts, source }) => {
        const { outcome, outputs } = await ask(question);
        expect(outcome.error).toBeUndefined();
        const answer = z.string().parse(outputs['answer']).toLowerCase();
        for (const fact of facts) expect(answer).toContain(fact.toLowerCase());
        const citations = z.array(Citation).min(1).parse(outputs['citations']);
        expect(citations.map((citation) => citation.document)).toContain(source);
      },
      120_000,
    );

    it('cites words that occur literally in a stored passage', async () => {
      const { outputs } = await ask(questions[0]?.question ?? '');
      const collection = await heddle.collections.open('handbook');
      for (const citation of z.array(Citation).min(1).parse(outputs['citations'])) {
        const passage = (await collection.passages(citation.document)).find(({ id }) => id === citation.passage);
        expect(passage?.text.slice(citation.quoteStart, citation.quoteEnd)).toBe(citation.quote);
      }
    }, 120_000);

    it('streams the answer word by word into the output', async () => {
      const { events } = await ask(questions[11]?.question ?? '');
      expect(events.filter((event) => event.type === 'node-delta' && event.path === 'answer').length).toBeGreaterThan(
        3,
      );
    }, 120_000);
  },
);
