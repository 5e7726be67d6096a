import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import type { AnyJson } from '../testing/any-json.js';
import { openTwoProjects, type Shown, type TwoProjects } from './testing/two-projects.js';

/** Looks up a question, and answers it with its prompt when the cache has no result. */
const answering = (text: string, config: Record<string, unknown> = {}, name = 'Prices'): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'question', type: 'Text' },
          { name: 'secret', type: 'Text', required: false, label: 'confidential' },
        ],
      },
    },
    look: { type: 'cache', version: 1, config },
    say: { type: 'prompt', version: 1, config: { template: `${text} {{ secret? }}` } },
    keep: { type: 'cache', version: 1, config: { ...config, mode: 'store' } },
    reply: {
      type: 'output',
      version: 1,
      config: { fields: ['hit', 'made'].map((field) => ({ name: field, type: 'Json', required: false })) },
    },
  },
  edges: [
    { from: 'asked.question', to: 'look.key' },
    { from: 'look.miss', to: 'say.question' },
    { from: 'asked.secret', to: 'say.secret' },
    { from: 'look.miss', to: 'keep.key' },
    { from: 'say.text', to: 'keep.value' },
    { from: 'keep.value', to: 'reply.made' },
    { from: 'look.hit', to: 'reply.hit' },
  ],
});
/** The template needs an input that makes its node run. */
const withQuestion = (text: string): string => `${text} ({{ question }})`;
const question = 'What is the price?';

describe('what a run finds in caches', () => {
  let house: TwoProjects;
  let ada: Shown;
  let eve: Shown;
  beforeAll(async () => {
    house = await openTwoProjects();
    ada = house.person({ [house.alpha]: ['owner'] });
    eve = house.person({ [house.beta]: ['editor'] });
  });
  afterAll(() => house.close());

  const outputsOf = ({ status, body }: { readonly status: number; readonly body: AnyJson }): AnyJson => {
    expect([status, body.status, body.error]).toEqual([200, 'done', undefined]);
    return body.outputs;
  };
  const draft = async (who: Shown, id: string, asked: object = {}, options: object = {}): Promise<AnyJson> =>
    outputsOf(
      await house.call(who, 'POST', `/api/workflows/${id}/runs?wait=1`, { inputs: { question, ...asked }, ...options }),
    );
  const called = async (slug: string, key: Shown): Promise<AnyJson> => {
    const { body } = await house.call(key, 'POST', `/v1/workflows/${slug}`, { question });
    return body.outputs;
  };

  it('excludes other projects and workflows, with the default scope and with the name of a shared cache', async () => {
    for (const config of [{}, { scope: 'prices' }]) {
      const alpha = await house.workflow(house.alpha, answering(withQuestion('Alpha says 5'), config));
      const beta = await house.workflow(house.beta, answering(withQuestion('Beta says 7'), config));
      expect(await draft(eve, beta)).toMatchObject({ made: expect.stringContaining('Beta says 7') });
      expect(await draft(ada, alpha)).toMatchObject({ made: expect.stringContaining('Alpha says 5') });
      expect(await draft(eve, beta)).toMatchObject({ hit: expect.stringContaining('Beta says 7') });
      expect(await draft(ada, alpha)).toMatchObject({ hit: expect.stringContaining('Alpha says 5') });
      const document = answering(withQuestion('Beta says 9'), config);
      const body = { document, inputs: { question } };
      const foreign = outputsOf(await house.call(eve, 'POST', '/api/runs?wait=1', body, house.beta));
      expect(JSON.stringify(foreign)).not.toContain('Alpha');
    }
  });

  it('is shared by the workflows of a project when the cache has a name', async () => {
    const config = { scope: 'shared' };
    const one = await house.workflow(house.alpha, answering(withQuestion('One'), config));
    const two = await house.workflow(house.alpha, answering(withQuestion('Two'), config));
    await draft(ada, one);
    expect(await draft(ada, two)).toMatchObject({ hit: expect.stringContaining('One') });
    const own = await house.workflow(house.alpha, answering(withQuestion('Own')));
    expect(await draft(ada, own)).toMatchObject({ made: expect.stringContaining('Own') });
  });

  it('excludes results of an earlier prompt, and is the same when only the canvas changed', async () => {
    const id = await house.workflow(house.alpha, answering(withQuestion('Old words')));
    await draft(ada, id);
    const save = async (document: WorkflowDocument): Promise<void> => {
      await house.server.heddle.workflows.save(id, document, undefined);
    };
    const moved = { ...answering(withQuestion('Old words')), layout: { nodes: { look: [5, 5] as [number, number] } } };
    await save({ ...moved, layout: { notes: [], groups: [], ...moved.layout } });
    expect(await draft(ada, id)).toMatchObject({ hit: expect.stringContaining('Old words') });
    await save(answering(withQuestion('New words')));
    expect(await draft(ada, id)).toMatchObject({ made: expect.stringContaining('New words') });
  });

  it('is, in a published version, only what that version stored, whatever drafts set by hand', async () => {
    for (const [index, config] of [{}, { scope: 'live prices' }].entries()) {
      const document = answering(withQuestion('True'), config, `Live ${index}`);
      const { id, slug } = await house.published(house.alpha, document);
      const pins = { say: { text: 'Poison' } };
      await draft(ada, id, {}, { pins });
      expect(await draft(ada, id)).toEqual({ hit: 'Poison' });
      const key = house.key(house.alpha);
      expect(await called(slug, key)).toMatchObject({ made: expect.stringContaining('True') });
      expect(await called(slug, key)).toMatchObject({ hit: expect.stringContaining('True') });
      // A run of a version, repeated in the editor with results that are set by hand.
      const { runs } = (await house.call(ada, 'GET', `/api/runs?workflow=${id}`)).body;
      const { runId } = (runs as AnyJson[]).find(({ version }) => version === 1);
      const asked = { question: 'And tomorrow?' };
      const again = await house.call(ada, 'POST', `/api/runs/${runId}/rerun`, { inputs: asked, pins });
      await house.server.heddle.runs.settled(again.body.runId);
      const { body } = await house.call(key, 'POST', `/v1/workflows/${slug}`, asked);
      expect(JSON.stringify(body.outputs)).toContain('True');
    }
  });

  it('excludes results above the label of the lookup, unless it reads that label and then carries it', async () => {
    const id = await house.workflow(house.alpha, answering(withQuestion('It depends on')));
    await draft(ada, id, { secret: 'the merger' });
    const eventsOf = (runId: string) => house.server.heddle.parts.journal.events(runId);
    const below = await house.call(ada, 'POST', `/api/workflows/${id}/runs?wait=1`, { inputs: { question } });
    expect(below.body.outputs.made).not.toContain('merger');
    const decision = (await eventsOf(below.body.runId)).find(({ type }) => type === 'node-decision');
    expect(decision).toMatchObject({
      summary: 'A stored result has a label above what this lookup reads.',
      details: { above: 'confidential' },
    });
    const far = await house.workflow(house.alpha, answering(withQuestion('Far'), { reads: 'confidential' }));
    await draft(ada, far, { secret: 'the merger' });
    const reply = await house.call(ada, 'POST', `/api/workflows/${far}/runs?wait=1`, { inputs: { question } });
    expect(reply.body.outputs.hit).toContain('merger');
    const end = (await eventsOf(reply.body.runId)).find((event) => event.type === 'node-end' && event.path === 'look');
    expect(end).toMatchObject({ outputs: { hit: { label: { level: 'confidential' } } } });
  });
});
