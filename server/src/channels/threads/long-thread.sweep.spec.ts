import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everyProject, type WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import type { AnyJson } from '../../testing/any-json.js';
import { hubOf } from '../testing/open-channels.js';

/** All 500 turns run in `npm run test:long`. */
const turns = process.env['HEDDLE_TEST_LONG'] === '1' ? 500 : 40;
const window = 120;

const talk: WorkflowDocument = {
  heddle: 2,
  name: 'Talk',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    recall: { type: 'memory', version: 2, config: { maxTokens: window, model: 'fake' } },
    chat: { type: 'generate', version: 1, config: { model: 'fake' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'recall.messages' },
    { from: 'recall.messages', to: 'chat.messages' },
    { from: 'chat.text', to: 'reply.answer' },
  ],
};

describe(`a conversation of ${turns} turns`, () => {
  const model = createFakeLanguageModel(({ messages }) => {
    const asked = messages.at(-1)?.content;
    return `Answer to ${typeof asked === 'string' ? asked : ''}`;
  });
  let house: TwoProjects;
  let workflow: { readonly id: string; readonly slug: string };
  let owner: Shown;
  let key: Shown;

  beforeAll(async () => {
    house = await openTwoProjects({
      models: hubOf(model, createFakeEmbedder({ dimensions: 8 })),
      settings: { HEDDLE_RATE_PER_MINUTE: '1000000' },
    });
    house.server.heddle.grants.set('model', 'fake', [everyProject]);
    workflow = await house.published(house.alpha, talk);
    owner = house.person({ [house.alpha]: ['owner'] });
    key = house.key(house.alpha);
  });
  afterAll(() => house.close());

  /** Asks questions one after the other on one thread. A share page answers with a stream of events. */
  async function converse(count: number, path: string, who: Shown): Promise<string> {
    let thread = 'new';
    for (let index = 1; index <= count; index += 1) {
      const reply = await fetch(`${house.server.address}${path}`, {
        method: 'POST',
        headers: { ...who, 'content-type': 'application/json', 'heddle-thread': thread },
        body: JSON.stringify({ question: `question ${index}` }),
      });
      const text = await reply.text();
      expect([reply.status, text.includes(`Answer to question ${index}`)]).toEqual([200, true]);
      thread = /"thread":"(\w+)"/.exec(text)?.[1] ?? '';
    }
    return thread;
  }
  const expected = (count: number): readonly string[] =>
    Array.from({ length: count }, (_value, index) => [
      `question ${index + 1}`,
      `Answer to question ${index + 1}`,
    ]).flat();
  /** Reads all pages, oldest first. */
  async function all(
    who: Shown,
    path: string,
    textsOf: (page: AnyJson) => readonly string[],
  ): Promise<readonly string[]> {
    let texts: readonly string[] = [];
    for (let before: number | undefined, first = true; first || before !== undefined; first = false) {
      const { status, body } = await house.call(
        who,
        'GET',
        `${path}?limit=37${before === undefined ? '' : `&before=${before}`}`,
      );
      expect(status).toBe(200);
      texts = [...textsOf(body), ...texts];
      before = body.next;
    }
    return texts;
  }
  const ofMessages = ({ messages }: AnyJson): readonly string[] =>
    (messages as AnyJson[]).map(({ text }) => String(text));
  const ofSaid = ({ said }: AnyJson): readonly string[] =>
    (said as AnyJson[]).map(({ message }) => String(message.content));

  it('gives the model no more than its window, and shows the same messages in the editor and under /v1', async () => {
    const thread = await converse(turns, `/v1/workflows/${workflow.slug}`, key);
    const asked = model.requests.slice(-turns);
    const sizes = await Promise.all(asked.map(({ messages }) => model.countTokens(messages)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(
      window + (await model.countTokens([{ role: 'user', content: `question ${turns}` }])),
    );
    const last = asked.at(-1)?.messages.map(({ content }) => content) ?? [];
    expect(last.length).toBeGreaterThan(3);
    expect(expected(turns).slice(-last.length - 1, -1)).toEqual(last);

    expect(await all(key, `/v1/threads/${thread}/messages`, ofMessages)).toEqual(expected(turns));
    expect(await all(owner, `/api/conversations/${thread}`, ofSaid)).toEqual(expected(turns));
  });

  it('shows the same messages on a share page and in the editor', async () => {
    const count = Math.ceil(turns / 2);
    const link = await house.call(
      owner,
      'POST',
      `/api/workflows/${workflow.id}/shares`,
      { name: 'link', runsPerDay: 100_000, ratePerMinute: 100_000 },
      house.alpha,
    );
    const path = `/v1/share/${String(link.body.token)}`;
    const anonymous = { 'heddle-session': 'session-of-a-reader-0001' };
    const thread = await converse(count, `${path}/runs`, anonymous);
    expect(await all(anonymous, `${path}/threads/${thread}/messages`, ofMessages)).toEqual(expected(count));
    expect(await all(owner, `/api/conversations/${thread}`, ofSaid)).toEqual(expected(count));
  });
});
