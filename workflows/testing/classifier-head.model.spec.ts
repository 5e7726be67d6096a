import { headCard, makeHead } from '@heddle/adapters/models';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasStarterModels, openTestHeddle, type TestHeddle } from './open-test-heddle.js';

const line = (text: string, ...labels: readonly string[]): string => JSON.stringify({ text, labels });
const rude = `You are a complete idiot.
Nobody likes you, get lost.
What a stupid question from a stupid person.
Shut up, you useless fool.
Your work is garbage and so are you.
I hate you and everything you do.
You disgust me, go away.
Only a moron would write that.
You are the worst person I have met.
Stop wasting my time, dimwit.
Everybody laughs at how dumb you are.
You pathetic little liar.`;
const polite = `Thank you for the quick reply.
Could you tell me when the shop opens?
The loom arrived on time and in good order.
I would like to order two cones of yarn.
Please send the invoice to our office.
How do I thread the shuttle?
We were very happy with the workshop.
Is the warranty three years or five?
The manual explains it on page four.
My colleague will call you tomorrow.
It would help to know the delivery date.
The blue yarn matches the sample well.`;
const data = [
  ...rude.split('\n').map((text) => line(text, 'insult')),
  ...polite.split('\n').map((text) => line(text)),
].join('\n');

const document = {
  heddle: 2,
  name: 'Judged',
  nodes: {
    letter: { type: 'input', version: 1, config: { fields: [{ name: 'letter', type: 'Text' }] } },
    moderate: {
      type: 'moderate',
      version: 1,
      config: { classifier: 'team-insults', categories: [{ category: 'insult', threshold: 0.6, action: 'redact' }] },
    },
    guard: {
      type: 'guard',
      version: 1,
      config: { classifier: 'team-insults', labels: ['insult'], threshold: 0.6, action: 'keep' },
    },
    classify: {
      type: 'classify',
      version: 1,
      config: { by: 'classifier', classifier: 'team-insults', categories: [{ name: 'insult' }] },
    },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'text', type: 'Text' },
          { name: 'report', type: 'Json' },
          { name: 'category', type: 'Text' },
        ],
      },
    },
  },
  edges: [
    { from: 'letter.letter', to: 'moderate.text' },
    { from: 'letter.letter', to: 'guard.text' },
    { from: 'letter.letter', to: 'classify.text' },
    { from: 'moderate.text', to: 'reply.text' },
    { from: 'guard.report', to: 'reply.report' },
    { from: 'classify.category', to: 'reply.category' },
  ],
};

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `a classifier head over the starter embedding model${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let heddle: TestHeddle;
    let folder: string;
    beforeAll(async () => {
      heddle = await openTestHeddle();
      folder = await mkdtemp(path.join(tmpdir(), 'heddle-head-'));
      await writeFile(path.join(folder, 'workflow.json'), JSON.stringify(document));
    }, 180_000);
    afterAll(async () => {
      await heddle.close();
      await rm(folder, { recursive: true });
    });

    it('is trained, measured, added to the catalogue, and judges for moderate, guard and classify', async () => {
      const head = await makeHead(data, await heddle.models.embedder('all-minilm-l6-v2'));
      expect(head.measured).toMatchObject({ folds: 5, texts: 24 });
      expect(head.measured?.exact).toBeGreaterThanOrEqual(0.8);
      const file = path.join(folder, 'team.head.json');
      await writeFile(file, JSON.stringify(head));
      await heddle.models.add(headCard('team-insults', head, file, ['en']));
      await heddle.models.pull('team-insults');

      const judge = (letter: string) => heddle.run(path.join(folder, 'workflow.json'), { letter });
      const bad = await judge('The yarn is blue. You are a stupid idiot. Please write to me.');
      expect(bad.outcome.error).toBeUndefined();
      expect(bad.outputs['text']).toBe('The yarn is blue. Please write to me.');
      const insult = await judge('You useless, stupid fool.');
      expect(insult.outputs).toMatchObject({ category: 'insult', report: { found: [{ rule: 'team-insults' }] } });
      const good = await judge('When does the shop open on Monday?');
      expect(good.outputs).toMatchObject({
        text: 'When does the shop open on Monday?',
        category: 'none',
        report: { found: [] },
      });
    }, 180_000);
  },
);
