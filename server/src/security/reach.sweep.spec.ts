import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { labelOf, Rubric, type WorkflowDocument } from '@heddle/core';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { assert, asyncProperty, constantFrom, array } from 'fast-check';
import { builder, channels, powerless, type Learned } from '../testing/reach/channels.js';
import { openReachHouse, otherOf, sides, type ReachHouse, type Side, type Thing } from '../testing/reach/house.js';
import { calling, ways, withTool } from '../testing/reach/ways.js';

let house: ReachHouse;
beforeAll(async () => {
  house = await openReachHouse();
}, 60_000);
afterAll(() => house.close());

/** The references that a version declares: the resource of its own project of that kind. */
const declaredBy = (side: Side, { kind }: Thing): string[] =>
  house.things[side].filter((thing) => thing.kind === kind).map(({ id }) => id);

/** The reply of a run that tries to reach a resource in one way. */
async function attempt(
  channel: keyof typeof channels,
  way: keyof typeof ways,
  side: Side,
  thing: Thing,
): Promise<Learned> {
  const target = { kind: thing.kind, id: thing.id, declared: declaredBy(side, thing) };
  const document = ways[way]?.(target);
  const begin = channels[channel];
  if (document === undefined || begin === undefined) throw new Error('There is no such way.');
  return begin(house, side, { ...document, name: `${document.name} ${thing.kind}` }, thing.id);
}

/** In `npm test`, a channel tries one way in three; in `npm run test:long`, it tries all. */
const oneIn = isLong ? 1 : 3;
/** The ways that each channel tries, chosen by the seed so that each way is tried by a channel. */
const tried = Object.keys(channels).map((channel, row) => ({
  channel,
  tries: Object.keys(ways).filter((_, column) => (row + column + sampleSeed) % oneIn === 0),
}));

describe('the resources that a run can reach', () => {
  it('are tried in each way', () => {
    expect(new Set(tried.flatMap(({ tries }) => tries))).toEqual(new Set(Object.keys(ways)));
    expect(tried.filter(({ tries }) => tries.length === 0)).toEqual([]);
  });

  it.each(tried)(
    'by $channel: all of its own project, and none of the other',
    async ({ channel, tries }) => {
      const reached: string[] = [];
      const missed: string[] = [];
      for (const way of tries)
        for (const side of sides) {
          for (const thing of house.things[otherOf(side)])
            if ((await attempt(channel, way, side, thing)).text.includes(thing.canary))
              reached.push(`by ${way}, ${side}: ${thing.kind} ${thing.id}`);
          for (const thing of house.things[side].filter(({ isPrivate }) => isPrivate !== true))
            if (!(await attempt(channel, way, side, thing)).text.includes(thing.canary))
              missed.push(`by ${way}, ${side}: ${thing.kind} ${thing.id}`);
        }
      expect({ reached, missed }).toEqual({ reached: [], missed: [] });
    },
    180_000,
  );

  it('by a program that builds, with samples: none of the other project, and none that sends', async () => {
    const reached: string[] = [];
    for (const way of Object.keys(ways))
      for (const side of sides)
        for (const thing of [
          ...house.things[otherOf(side)],
          ...house.things[side].filter(({ kind }) => kind === 'fetch'),
        ]) {
          const target = { kind: thing.kind, id: thing.id, declared: declaredBy(side, thing) };
          const document = ways[way]?.(target);
          if (document === undefined) throw new Error('There is no such way.');
          const { text } = await builder(
            house,
            side,
            { ...document, name: `${document.name} ${thing.kind}` },
            thing.id,
          );
          if (text.includes(thing.canary)) reached.push(`by ${way}, ${side}: ${thing.kind} ${thing.id}`);
        }
    expect(reached).toEqual([]);
  }, 180_000);

  it.each(Object.keys(powerless))(
    'by %s: none, as no run starts',
    async (name) => {
      for (const side of sides)
        for (const thing of [...house.things.alpha, ...house.things.beta]) {
          const document = ways['config']?.({ ...thing, declared: [] });
          const found = document === undefined ? undefined : await powerless[name]?.(house, side, document, thing.id);
          expect([thing.id, found?.runId, found?.text.includes(thing.canary)]).toEqual([thing.id, undefined, false]);
          expect([403, 404]).toContain(found?.status);
        }
    },
    60_000,
  );

  it('through a sub-workflow, a tool of an agent, and a workflow of the other project by name: the same', async () => {
    const edit = channels['an editor runs a draft'];
    if (edit === undefined) throw new Error('There is no such channel.');
    for (const side of sides)
      for (const thing of [...house.things.alpha, ...house.things.beta]) {
        const isOwn = house.things[side].includes(thing) && thing.isPrivate !== true;
        const inner = ways['input']?.({ ...thing, declared: [] });
        if (inner === undefined) throw new Error('There is no such way.');
        const { slug } = await house.published(house.projectOf(side), inner);
        const called = await edit(house, side, calling(slug), thing.id);
        house.agentReadsNext(thing.id);
        const asTool = await edit(house, side, withTool(slug, 'agents/one'), thing.id);
        expect([thing.id, called.text.includes(thing.canary), asTool.text.includes(thing.canary)]).toEqual([
          thing.id,
          isOwn,
          isOwn,
        ]);
        // A workflow belongs to its project too, so the other project cannot find it.
        if (!isOwn) continue;
        const foreign = await edit(house, otherOf(side), calling(slug), thing.id);
        expect([foreign.runId, foreign.text.includes(thing.canary)]).toEqual([undefined, false]);
      }
  }, 60_000);

  it('in generated graphs: none of the other project', async () => {
    const steps = ['prompt', 'set'] as const;
    const drawn = array(constantFrom(...steps), { maxLength: 4 });
    const channelNames = constantFrom(...Object.keys(channels));
    const property = asyncProperty(drawn, channelNames, constantFrom(...sides), async (chain, channel, side) => {
      for (const thing of house.things[otherOf(side)]) {
        const document = graphOf(chain, thing, declaredBy(side, thing));
        const found = await channels[channel]?.(house, side, document, thing.id);
        expect(found?.text).not.toContain(thing.canary);
      }
    });
    await assert(property, { numRuns: 15 });
  }, 120_000);
});

/** A chain of steps that pass a name on, with a fork in the middle, to probes that read the name from their input and from their config. */
function graphOf(
  chain: readonly ('prompt' | 'set')[],
  { kind, id }: Thing,
  declared: readonly string[],
): WorkflowDocument {
  const nodes: WorkflowDocument['nodes'] = {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'id', type: 'Text' }] } },
    byinput: { type: 'probe', version: 1, config: { kind, declared: [...declared] } },
    byconfig: { type: 'probe', version: 1, config: { kind, id, declared: [...declared] } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'found', type: 'Text' },
          { name: 'also', type: 'Text' },
        ],
      },
    },
  };
  const edges: { from: string; to: string }[] = [];
  let last = 'asked.id';
  chain.forEach((type, index) => {
    const name = `step${index}`;
    nodes[name] =
      type === 'prompt'
        ? { type, version: 1, config: { template: '{{ id }}' } }
        : { type, version: 1, config: { value: '{{ id }}', type: 'Text' } };
    edges.push({ from: last, to: `${name}.id` });
    last = type === 'prompt' ? `${name}.text` : `${name}.value`;
  });
  edges.push(
    { from: last, to: 'byinput.id' },
    { from: 'byinput.found', to: 'reply.found' },
    { from: 'byconfig.found', to: 'reply.also' },
  );
  return { heddle: 2, name: `Drawn ${kind}`, nodes, edges };
}

describe('the quality resources that a project can reach', () => {
  const said = async (...of: Parameters<ReachHouse['call']>): Promise<{ status: number; text: string }> => {
    const { status, body } = await house.call(...of);
    return { status, text: JSON.stringify(body) };
  };
  const secretive = (text: string): WorkflowDocument => ({
    heddle: 2,
    name: `Says ${text}`,
    nodes: {
      question: {
        type: 'input',
        version: 1,
        config: { fields: [{ name: 'question', type: 'Text', label: 'confidential' }] },
      },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    },
    edges: [{ from: 'question.question', to: 'reply.answer' }],
  });
  /** Fills a project with a run with confidential values, its dataset, an experiment on it, and a queue. */
  async function fill(side: Side) {
    const project = house.projectOf(side);
    const { id: _owner, ...owner } = house.person({ [project]: ['owner'] });
    const canary = `canary-${side}-quality`;
    const document = secretive(side);
    const workflow = await house.workflow(project, document);
    const { runs } = house.server.heddle;
    const { runId } = await runs.start({
      document,
      workflowId: workflow,
      request: { inputs: { question: canary } },
      trigger: 'api',
    });
    await runs.settled(runId);
    const post = async (path: string, body: object): Promise<string> =>
      String((await house.call(owner, 'POST', path, body, project)).body['id']);
    const dataset = await post('/api/datasets', { name: `${side} rows` });
    await house.call(owner, 'POST', `/api/datasets/${dataset}/runs`, { runs: [runId] }, project);
    const variants = [{ workflow, version: 'draft' }];
    const experiment = await post('/api/experiments', {
      name: side,
      dataset,
      variants,
      evaluators: [{ kind: 'exact' }],
    });
    const rubric = Rubric.parse({ hasText: true });
    const queue = await post('/api/annotation-queues', { name: side, rubric, clearance: 'restricted' });
    return { owner, project, canary, workflow, runId, dataset, experiment, queue };
  }

  it('are its own: no dataset, question, experiment, queue, training set or recording of the other', async () => {
    const filled = { alpha: await fill('alpha'), beta: await fill('beta') };
    for (const side of sides) {
      const mine = filled[side];
      const theirs = filled[otherOf(side)];
      const other = otherOf(side);
      const attempts: readonly (readonly [string, string, object?])[] = [
        ['GET', `/api/datasets/${theirs.dataset}/rows`],
        ['GET', `/api/datasets/${theirs.dataset}/export`],
        ['GET', `/api/datasets/${theirs.dataset}/facets`],
        ['POST', `/api/datasets/${theirs.dataset}/rows/${theirs.runId}/review`, { decision: 'accept', hash: 'h' }],
        ['POST', `/api/datasets/${theirs.dataset}/questions`, { collection: `${side}-docs`, model: `${side}-far/one` }],
        ['POST', `/api/datasets/${theirs.dataset}/negatives`, { collection: `${side}-docs` }],
        ['POST', `/api/datasets/${mine.dataset}/negatives`, { collection: `${other}-docs` }],
        ['POST', `/api/datasets/${mine.dataset}/questions`, { collection: `${other}-docs`, model: `${side}-far/one` }],
        ['GET', `/api/experiments/${theirs.experiment}/rows`],
        ['GET', `/api/experiments/${theirs.experiment}/export?format=csv`],
        ['GET', `/api/experiments/${theirs.experiment}/result`],
        ['GET', `/api/annotation-queues/${theirs.queue}/results`],
        ['POST', `/api/annotation-queues/${mine.queue}/items`, { disagreement: { experiment: theirs.experiment } }],
        ['GET', `/api/runs/${theirs.runId}/fixtures`],
        ['GET', `/api/workflows/${theirs.workflow}/training-consent`],
        ['POST', `/api/workflows/${theirs.workflow}/training-set`, {}],
        ['POST', '/api/evaluators/try', { evaluators: [{ kind: 'exact' }], runId: theirs.runId, expected: 'x' }],
      ];
      for (const [method, path, body] of attempts) {
        const { status, text } = await said(mine.owner, method, path, body, mine.project);
        expect([method, path, status, text.includes(theirs.canary), text.includes(`canary-${other}`)]).toEqual([
          ...[method, path, 404, false, false],
        ]);
      }
      const queued = await said(mine.owner, 'POST', `/api/annotation-queues/${mine.queue}/items`, {
        runs: [theirs.runId],
      });
      expect(JSON.parse(queued.text)).toMatchObject({ added: 0, refused: 1 });
      // A list shows only the caller's project, and a curve counts only its runs.
      for (const path of ['/api/datasets', '/api/experiments', '/api/annotation-queues', '/api/replays']) {
        const { text } = await said(mine.owner, 'GET', path, undefined, mine.project);
        for (const id of [theirs.dataset, theirs.experiment, theirs.queue])
          expect([path, text.includes(id)]).toEqual([path, false]);
      }
    }
  }, 60_000);

  it('keep the label of the run: in rows, exports, queues, training sets and for judges', async () => {
    const { owner, project, canary, workflow, runId, dataset } = await fill('alpha');
    const { body } = await house.call(owner, 'GET', `/api/datasets/${dataset}/rows`, undefined, project);
    expect(body['rows']).toMatchObject([{ id: runId, label: 'confidential' }]);
    const lines = await said(owner, 'GET', `/api/datasets/${dataset}/export?format=jsonl`, undefined, project);
    expect(lines.text).toContain('confidential');
    expect((await house.call(owner, 'GET', `/api/runs/${runId}/fixtures`, undefined, project)).body['label']).toBe(
      'public',
    );
    const internal = await house.call(
      ...([owner, 'POST', '/api/annotation-queues', { name: 'Low', rubric: { hasText: true } }, project] as const),
    );
    const added = await house.call(owner, 'POST', `/api/annotation-queues/${String(internal.body['id'])}/items`, {
      runs: [runId],
    });
    expect(added.body).toMatchObject({ added: 0, above: 1 });
    const training = await said(owner, 'POST', `/api/workflows/${workflow}/training-set`, {}, project);
    expect(training.text).not.toContain(canary);
    // A judge with a clearance below the label of the row gets nothing of it.
    const low = {
      id: 'low-judge',
      kind: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:1/v1',
      models: [{ name: 'one' }],
    };
    await house.call(owner, 'POST', '/api/connections', { ...low, clearance: 'internal' }, project);
    const judge = { kind: 'judge', config: { models: ['low-judge/one'] } };
    const judged = await said(
      owner,
      'POST',
      '/api/evaluators/try',
      { evaluators: [judge], runId, expected: 'x' },
      project,
    );
    expect(judged.text).toContain('label_refused');
    // A question from a passage has the label of its collection.
    const { collections } = house.server.heddle;
    await collections.create({ name: 'alpha-secret', embedding: 'alpha-model', label: labelOf('restricted').level });
    house.server.heddle.ownership.assign('collection', 'alpha-secret', project);
    await house.call(owner, 'POST', '/api/collections/alpha-secret/documents', {
      documents: [{ id: 'a', text: 'A long enough passage that nobody below restricted may ever read at all.' }],
    });
    const asked = await house.call(owner, 'POST', `/api/datasets/${dataset}/questions`, {
      collection: 'alpha-secret',
      model: 'low-judge/one',
      count: 1,
    });
    const job = await ended(owner, String(asked.body['jobId']));
    expect(job).toMatchObject({ status: 'failed' });
    expect(['label_refused', 'bad_request']).toContain((job['error'] as { code: string }).code);
  }, 60_000);

  async function ended(owner: Parameters<ReachHouse['call']>[0], jobId: string): Promise<Record<string, unknown>> {
    for (;;) {
      const body: Record<string, unknown> = (await house.call(owner, 'GET', `/api/jobs/${jobId}`)).body;
      if (body['status'] !== 'queued' && body['status'] !== 'running') return body;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});
