import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everyProject, type WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import { hubOf } from '../channels/testing/open-channels.js';
import { noting } from '../security/testing/fact-nodes.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { filesHolding } from '../testing/files-holding.js';

/** Recalls a few facts, the nearest ones. */
const few: WorkflowDocument = {
  ...noting,
  nodes: {
    ...noting.nodes,
    recall: {
      type: 'memory',
      version: 2,
      config: { mode: 'recall', maxFacts: 3, model: 'fake', embedder: 'fake-embedder' },
    },
  },
};

const planted = ['berth number seven planted-berth', 'cat called planted-cat', 'allergic against planted-nuts'];
const sessions = 50;

describe('facts after 50 sessions', () => {
  let house: TwoProjects;
  let slug: string;
  let owner: Shown;
  let ann: Shown;
  let zoe: Shown;

  beforeAll(async () => {
    house = await openTwoProjects({
      models: hubOf(createFakeLanguageModel([]), createFakeEmbedder({ dimensions: 256 })),
      settings: { HEDDLE_RATE_PER_MINUTE: '100000' },
    });
    for (const model of ['fake', 'fake-embedder']) house.server.heddle.grants.set('model', model, [everyProject]);
    ({ slug } = await house.published(house.alpha, few));
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    const speaks = house.key(house.alpha, { permissions: ['run:published', 'speak-for-users'] });
    [ann, zoe] = [
      { ...speaks, 'heddle-end-user': 'ann' },
      { ...speaks, 'heddle-end-user': 'zoe' },
    ];
  });
  afterAll(() => house.close());

  /** Runs one session on a thread of its own. */
  async function session(who: Shown, question: string, text?: string): Promise<string> {
    const { status, body } = await house.call({ ...who, 'heddle-thread': 'new' }, 'POST', `/v1/workflows/${slug}`, {
      question,
      ...(text === undefined ? {} : { key: text.split(' ')[0], text }),
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    return String(body.outputs.known);
  }
  const left = (): readonly string[] =>
    ['planted-berth', 'planted-cat', 'planted-nuts', 'noise of ann'].flatMap((word) =>
      filesHolding(word, house.server.heddle.settings.dataFolder),
    );

  it('are recalled, and gone from the whole data folder after the person is forgotten', async () => {
    for (const text of planted) await session(ann, 'Hello', text);
    for (let index = 0; index < sessions; index += 1)
      await session(
        index % 5 === 4 ? zoe : ann,
        `What about topic ${index}?`,
        `topic${index} noise of ${index % 5 === 4 ? 'zoe' : 'ann'}`,
      );
    expect(await session(ann, 'Which berth number?')).toContain('planted-berth');
    expect(await session(ann, 'How is the cat called?')).toContain('planted-cat');
    expect(await session(ann, 'What is she allergic against?')).toContain('planted-nuts');
    expect(await session(zoe, 'Which berth number?')).not.toContain('planted');
    expect(left().length).toBeGreaterThan(0);

    const { status, body } = await house.call(owner, 'POST', '/api/people/forget', { subject: 'end-user:ann' });
    expect([status, body.error]).toEqual([200, undefined]);
    expect(body.erased).toMatchObject({ facts: 43, conversations: 46, runs: 46 });
    expect(left()).toEqual([]);
    expect(await session(ann, 'Which berth number?')).toBe('');
    expect(await session(zoe, 'What about topic 4?')).toContain('noise of zoe');
    expect(await house.server.heddle.audit.verify()).toBeUndefined();
  });
});
