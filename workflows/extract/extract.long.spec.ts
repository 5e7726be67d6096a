import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hasStarterModels, openTestHeddle, type TestHeddle } from '../testing/open-test-heddle.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const Result = z.strictObject({
  facts: z.strictObject({
    sender_name: z.string().nullable(),
    sender_email_address: z.string().nullable(),
    telephone_number: z.string().nullable(),
    order_number: z.string().nullable(),
    article_numbers: z.array(z.string()),
  }),
  doubtful: z.array(z.string()),
  next: z.enum(['book', 'person']),
});
type Facts = z.infer<typeof Result>['facts'];

const Expected = z.record(
  z.string(),
  z.object({
    customer: z.string(),
    email: z.string(),
    phone: z.string(),
    orderNumber: z.string().nullable(),
    items: z.array(z.object({ article: z.string().nullable() })),
  }),
);
const expected = Expected.parse(JSON.parse(readFileSync(path.join(here, 'samples/expected.json'), 'utf8')));

/** The facts that a reader finds in a sample, under the names that the workflow uses. */
function rightFacts(sample: string): Facts {
  const found = expected[sample];
  if (found === undefined) throw new Error(`expected.json has no '${sample}'`);
  return {
    sender_name: found.customer,
    sender_email_address: found.email,
    telephone_number: found.phone,
    order_number: found.orderNumber,
    article_numbers: found.items.flatMap(({ article }) => (article === null ? [] : [article])),
  };
}

/** What the starter model gets right; README.md has the same table. */
const answered: readonly (readonly [string, readonly (keyof Facts)[]])[] = [
  ['order.eml', ['sender_name', 'sender_email_address', 'telephone_number', 'order_number']],
  ['complaint.eml', ['sender_name', 'telephone_number', 'order_number']],
  ['order-change.eml', ['sender_name']],
];

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `extract${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let heddle: TestHeddle;

    beforeAll(async () => {
      heddle = await openTestHeddle();
    });

    afterAll(() => heddle.close());

    it.each(answered)(
      'reads %s: %j',
      async (sample, fields) => {
        const email = await heddle.upload(path.join(here, 'samples', sample));
        const { outcome, outputs, events } = await heddle.run(path.join(here, 'workflow.json'), { email });
        expect(outcome.error).toBeUndefined();
        const { facts, doubtful, next } = Result.parse(outputs['result']);
        const right = rightFacts(sample);
        for (const field of fields) expect({ [field]: facts[field] }).toEqual({ [field]: right[field] });

        // No invented fact gets into the output: every fact is either correct, or left out and named.
        for (const [name, fact] of Object.entries(facts)) {
          if (name === 'article_numbers')
            expect(right.article_numbers).toEqual(expect.arrayContaining(facts.article_numbers));
          else if (fact !== null) expect({ [name]: fact }).toEqual({ [name]: right[name as keyof Facts] });
          else expect(doubtful).toContain(name);
        }
        expect(next).toBe(doubtful.length === 0 ? 'book' : 'person');
        const skipped = events.flatMap((event) => (event.type === 'node-skip' ? [event.path] : []));
        expect(skipped).toEqual([doubtful.length === 0 ? 'person' : 'book']);
      },
      120_000,
    );
  },
);
