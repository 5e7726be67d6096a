import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Collection } from '@heddle/core';
import { isLong } from '@heddle/core/testing';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { abstractsFile } from '../testing/compare-retrieval.js';
import { hasStarterModels, openTestHeddle, type TestHeddle } from '../testing/open-test-heddle.js';

const here = path.dirname(fileURLToPath(import.meta.url));
/** 1,000 abstracts with questions (PubMedQA). The questions of this spec are our own, about every fifth abstract from the 201st on. */
const abstractsPath = abstractsFile();

const Question = z.object({ question: z.string(), isAnswerable: z.boolean() });
const read = <Row>(file: string, schema: z.ZodType<Row>): readonly Row[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));

/** No question of these files was used in the calibration or to choose its constants. */
const handbook = read(path.join(here, 'not-found.jsonl'), Question);
const abstracts = read(path.join(here, 'not-found-abstracts.jsonl'), Question);

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

/** The answerable questions that get no passage, and the other questions that get some. */
async function mistakes(collection: Collection, questions: readonly z.infer<typeof Question>[]) {
  const lost: string[] = [];
  const answered: string[] = [];
  for (const { question, isAnswerable } of questions) {
    const found = await collection.search({ query: question, k: 3, relevance: 'apply' });
    if (isAnswerable && found.length === 0) lost.push(question);
    if (!isAnswerable && found.length > 0) answered.push(question);
  }
  return { lost, answered };
}

suite(`the threshold of a collection${isReady ? '' : ' (skipped: the starter models are not on this machine)'}`, () => {
  let heddle: TestHeddle;
  beforeAll(async () => {
    heddle = await openTestHeddle();
  }, 120_000);
  afterAll(() => heddle.close());

  it('refuses at least 18 of 20 questions that the handbook does not answer, and loses at most 1 of 20', async () => {
    await heddle.ingest('handbook', path.join(here, 'handbook'));
    const { lost, answered } = await mistakes(await heddle.collections.open('handbook'), handbook);
    expect({ lost, answered, isGood: lost.length <= 1 && answered.length <= 2 }).toMatchObject({ isGood: true });
  }, 240_000);

  it("answers an unanswerable question with the workflow's own text, without a citation", async () => {
    const file = path.join(here, 'workflow.json');
    const { outputs } = await heddle.run(file, { question: 'Which planet has the most moons?' });
    expect(outputs).toEqual({ answer: 'I found nothing about this in the documents.', citations: [] });
  }, 120_000);

  const withAbstracts = abstractsPath === undefined ? it.skip : it;
  // It embeds a hundred abstracts.
  if (isLong)
    withAbstracts(
      `does so on 100 abstracts of medical research${abstractsPath === undefined ? ' (skipped: the PubMedQA abstracts are not beside the repository)' : ''}`,
      async () => {
        const Row = z.object({
          id: z.string(),
          sections: z.array(z.object({ heading: z.string(), text: z.string() })),
        });
        const rows = read(abstractsPath ?? '', Row).slice(200, 300);
        const collection = await heddle.collections.create({ name: 'abstracts', embedding: 'all-minilm-l6-v2' });
        await collection.ingest(
          rows.map(({ id, sections }) => ({
            id,
            content: sections.map(({ heading, text }) => `# ${heading}\n\n${text}`).join('\n\n'),
          })),
        );
        const { lost, answered } = await mistakes(collection, abstracts);
        expect({ lost, answered, isGood: lost.length <= 1 && answered.length <= 2 }).toMatchObject({ isGood: true });
      },
      300_000,
    );
});
