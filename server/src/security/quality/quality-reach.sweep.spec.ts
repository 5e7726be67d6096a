import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { controllers } from '../../heddle.module.js';
import { createFakeCollections } from '../../testing/fake-collections.js';
import { routesOf } from '../../testing/routes-of.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../testing/two-projects.js';
import { fillWithQuality, type QualityThings, type ThingName } from './quality-things.js';
import { everyRight } from '../../testing/every-right.js';

/** A way to name a resource: a route with its parameters, and a body that its owner may send. */
interface Way {
  readonly method: string;
  readonly path: string;
  readonly body?: (things: QualityThings) => object;
  /** The reply contains the text of the project for callers who may read it. */
  readonly shows?: true;
  /** The code of an error that shows that the resource was found in a state that does not allow the request. */
  readonly may?: string;
}

const get = (path: string, shows?: true): Way => ({ method: 'GET', path, ...(shows === undefined ? {} : { shows }) });
const shown = (path: string): Way => get(path, true);
const send = (method: string, path: string, body: Way['body'] = () => ({}), may?: string): Way => ({
  method,
  path,
  body,
  ...(may === undefined ? {} : { may }),
});
const post = (path: string, body?: Way['body'], may?: string): Way => send('POST', path, body, may);

/**
 * The kinds of quality resources with all ways to name one, in the order in which its owner can use them. A kind or a route without a row
 * fails below.
 */
const kinds: Readonly<Record<string, readonly Way[]>> = {
  datasets: [
    shown('/api/datasets/:dataset'),
    shown('/api/datasets/:dataset/rows'),
    shown('/api/datasets/:dataset/rows/:run'),
    get('/api/datasets/:dataset/facets'),
    get('/api/datasets/:dataset/difference?from=1&to=1'),
    get('/api/datasets/:dataset/problems'),
    shown('/api/datasets/:dataset/export?format=jsonl'),
    post('/api/datasets/:dataset/rows', () => ({ set: [{ inputs: { question: 'Another?' } }] })),
    post('/api/datasets/:dataset/rows/:run/review', () => ({ decision: 'accept', hash: 'h' }), 'conflict'),
    post('/api/datasets/:dataset/problems/remove', () => ({ of: 'duplicates' })),
    post('/api/datasets/:dataset/runs', ({ ids }) => ({ runs: [ids.run] })),
    post('/api/datasets/:dataset/import?format=jsonl', undefined, 'unsupported_media_type'),
    post('/api/datasets/:dataset/questions', () => ({ collection: 'none', model: 'none' }), 'collection_not_found'),
    post('/api/datasets/:dataset/negatives', () => ({ collection: 'none' }), 'collection_not_found'),
  ],
  labs: [
    get('/api/datasets/:dataset/labs'),
    get('/api/datasets/:dataset/labs/:lab'),
    post('/api/datasets/:dataset/labs', () => ({ collection: 'none', grid: {} }), 'collection_not_found'),
    post('/api/datasets/:dataset/labs/:lab/cancel', undefined, 'conflict'),
    post('/api/datasets/:dataset/labs/:lab/resume', undefined, 'collection_not_found'),
    post('/api/datasets/:dataset/index-comparisons', () => ({ collection: 'none' }), 'collection_not_found'),
    send('DELETE', '/api/datasets/:dataset/labs/:lab'),
  ],
  experiments: [
    shown('/api/experiments/:experiment'),
    get('/api/experiments/:experiment/result'),
    get('/api/experiments/:experiment/rows'),
    shown('/api/experiments/:experiment/rows/1'),
    get('/api/experiments/:experiment/export?format=jsonl'),
    post('/api/experiments/:experiment/pause', undefined, 'conflict'),
    post('/api/experiments/:experiment/resume', undefined, 'conflict'),
    post('/api/experiments/:experiment/cancel', undefined, 'conflict'),
    post('/api/experiments/:experiment/again', () => ({ rows: [1] })),
    post('/api/experiments/preview', ({ ids }) => ({
      name: 'n',
      dataset: ids.dataset,
      variants: [{ workflow: ids.workflow }],
      evaluators: [{ kind: 'exact' }],
    })),
  ],
  'route trainings': [
    get('/api/experiments/:experiment/route-trainings'),
    get('/api/experiments/:experiment/route-trainings/:training'),
    post('/api/experiments/:experiment/route-trainings', () => ({
      cheap: 'v2',
      strong: 'v1',
      by: { kind: 'metric', metric: 'exact' },
      models: { cheap: 's', strong: 'b' },
    })),
    post('/api/experiments/:experiment/route-trainings/:training/cancel', undefined, 'conflict'),
    send('DELETE', '/api/experiments/:experiment/route-trainings/:training'),
  ],
  replays: [
    shown('/api/replays/:replay'),
    get('/api/replays/:replay/rows'),
    shown('/api/replays/:replay/rows/1'),
    post('/api/replays/:replay/cancel'),
    post('/api/replays', ({ ids }) => ({ workflow: ids.workflow })),
    send('DELETE', '/api/replays/:replay'),
  ],
  'annotation queues': [
    shown('/api/annotation-queues/:queue'),
    get('/api/annotation-queues/:queue/results'),
    send('PATCH', '/api/annotation-queues/:queue', () => ({ assignees: [] })),
    post('/api/annotation-queues/:queue/items', ({ ids }) => ({ runs: [ids.run] })),
    { ...post('/api/annotation-queues/:queue/next'), shows: true },
    post('/api/annotation-queues/:queue/items/:item/annotation', () => ({ text: 'Good.' })),
    post('/api/annotation-queues/:queue/undo'),
    post('/api/annotation-queues/:queue/dataset', ({ ids }) => ({ dataset: ids.dataset })),
    post('/api/annotation-queues/:queue/calibration', ({ ids }) => ({ monitor: ids.monitor }), 'bad_request'),
    send('DELETE', '/api/annotation-queues/:queue'),
  ],
  prompts: [
    shown('/api/prompts/:prompt'),
    shown('/api/prompts/:prompt/versions/1'),
    send('PATCH', '/api/prompts/:prompt', () => ({ title: 'T' })),
    post('/api/prompts/:prompt/versions', () => ({ content: { kind: 'text', text: 'Other.' } })),
    send('PUT', '/api/prompts/:prompt/labels/live', () => ({ version: 1 })),
    send('DELETE', '/api/prompts/:prompt/labels/live'),
    send('DELETE', '/api/prompts/:prompt?undo=true'),
    post('/api/prompts/:prompt/restore'),
  ],
  alerts: [
    shown('/api/alerts/:alert'),
    get('/api/alerts/:alert/history'),
    send('PUT', '/api/alerts/:alert', ({ name }) => ({
      name,
      condition: { kind: 'threshold', metric: 'runs', value: 1e9 },
    })),
    post('/api/alerts/:alert/silence', () => ({ minutes: 1 })),
    post('/api/alert-channels/:channel/test'),
    send('DELETE', '/api/alert-channels/:channel'),
    send('DELETE', '/api/alerts/:alert'),
  ],
  monitors: [
    shown('/api/monitors/:monitor'),
    get('/api/monitors/:monitor/series'),
    get('/api/monitors/:monitor/drift'),
    send('PUT', '/api/monitors/:monitor', ({ ids, name }) => ({
      name,
      workflow: ids.workflow,
      evaluators: [{ kind: 'refusal' }],
    })),
    post('/api/monitors/:monitor/pause'),
    post('/api/monitors/:monitor/resume'),
    post('/api/monitors/:monitor/reference'),
    get('/api/runs/:run/scores'),
    send('DELETE', '/api/monitors/:monitor'),
  ],
  'A/B tests': [
    get('/api/workflows/:workflow/ab'),
    get('/api/workflows/:workflow/ab/:test'),
    post('/api/workflows/:workflow/ab/:test/shares', () => ({
      revision: 1,
      arms: [1, 2].map((version) => ({ version, share: 0.5 })),
    })),
    post('/api/workflows/:workflow/ab/:test/promote', () => ({ version: 2 })),
    post('/api/workflows/:workflow/ab/:test/stop', undefined, 'conflict'),
    post('/api/workflows/:workflow/ab', () => ({
      primary: { name: 'feedback' },
      arms: [1, 2].map((version) => ({ version, share: 0.5 })),
    })),
  ],
  gates: [shown('/api/workflows/:workflow/gate'), post('/api/workflows/:workflow/gate/run')],
  evaluators: [
    {
      ...post('/api/evaluators/try', ({ ids }) => ({
        evaluators: [{ kind: 'regex', config: { pattern: 'x' } }],
        runId: ids.run,
        expected: 'x',
      })),
    },
    send('DELETE', '/api/evaluators/calibrations/:judge'),
  ],
  'feedback and training sets': [
    shown('/api/runs/:run/feedback'),
    post('/api/runs/:run/feedback', () => ({ thumb: 'down' })),
    send('DELETE', '/api/runs/:run/feedback'),
    post('/api/workflows/:workflow/training-set'),
    get('/api/workflows/:workflow/training-consent'),
    post('/api/workflows/:workflow/training-consent', () => ({ isGiven: true })),
  ],
  'experiments and datasets that end': [
    send('DELETE', '/api/experiments/:experiment'),
    send('DELETE', '/api/datasets/:dataset?undo=true'),
    post('/api/datasets/:dataset/restore'),
  ],
};

/** Routes for quality resources that name one in their address. */
const folders = ['datasets', 'experiments', 'replays', 'annotation-queues', 'prompts', 'alerts', 'alert-channels'];
const isOfQuality = (path: string): boolean =>
  [...folders, 'monitors', 'evaluators'].some((folder) => path.startsWith(`/api/${folder}/`)) ||
  /^\/api\/(?:workflows|runs)\/:\w+\/(?:ab|gate|training-set|training-consent|scores|feedback)(?:\/|$)/.test(path);

/** The shape of an address without the values of its parameters. */
const shapeOf = (method: string, path: string): string =>
  `${method} ${(path.split('?')[0] ?? '').replaceAll(/\/(?::\w+|\d+)(?=\/|$)/g, '/*').replace(/\/labels\/\w+/, '/labels/*')}`;

let house: TwoProjects;
let alpha: QualityThings;
let beta: QualityThings;
beforeAll(async () => {
  house = await openTwoProjects({ withStoredJournal: true, collections: createFakeCollections() });
  alpha = await fillWithQuality(house, house.alpha, 'canary-alpha-quality');
  beta = await fillWithQuality(house, house.beta, 'canary-beta-quality');
}, 120_000);
afterAll(() => house.close());

const addressOf = (path: string, { ids }: QualityThings): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(ids[name as ThingName]));

/** Callers that try to reach the resources of the other project. */
const callers: Readonly<Record<string, (mine: QualityThings) => Shown>> = {
  'the owner of the other project': ({ owner }) => owner,
  'a key of the other project with every right': ({ project }) => house.key(project, { permissions: everyRight }),
  'an editor of the other project': ({ project }) => house.person({ [project]: ['editor'] }),
  'a runner of the other project': ({ project }) => house.person({ [project]: ['runner'] }),
};

async function go(who: Shown, { method, path, body }: Way, things: QualityThings, project: string) {
  const given = body?.(things);
  const reply = await house.call(who, method, addressOf(path, things), given, project);
  return { status: reply.status, text: typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body) };
}

describe('the quality resources of a project', () => {
  it('have a row for each route that names one', () => {
    const rows = new Set(Object.values(kinds).flatMap((ways) => ways.map(({ method, path }) => shapeOf(method, path))));
    const missing = controllers
      .flatMap(routesOf)
      .filter(({ path }) => isOfQuality(path) && (path.includes(':') || path.endsWith('/try')))
      .map(({ method, path }) => shapeOf(method, path))
      .filter((shape) => !rows.has(shape));
    expect(missing).toEqual([]);
  });

  it.each(Object.keys(callers))('are out of reach for %s', async (caller) => {
    const reached: string[] = [];
    for (const [mine, theirs] of [
      [alpha, beta],
      [beta, alpha],
    ] as const) {
      const who = callers[caller]?.(mine);
      if (who === undefined) throw new Error('There is no such caller.');
      for (const [kind, ways] of Object.entries(kinds))
        for (const way of ways) {
          const { status, text } = await go(who, way, theirs, mine.project);
          const isRefused = [403, 404].includes(status);
          if (!isRefused || text.includes(theirs.canary) || text.includes(theirs.name))
            reached.push(`${kind}: ${way.method} ${way.path} ${status}`);
        }
    }
    expect(reached).toEqual([]);
  });

  it('are in no list, dashboard or export of the other project', async () => {
    const found: string[] = [];
    for (const [mine, theirs] of [
      [alpha, beta],
      [beta, alpha],
    ] as const)
      for (const path of [
        ...['datasets', 'experiments', 'replays', 'annotation-queues', 'prompts', 'alerts', 'alert-channels'],
        ...['monitors', 'gate', 'evaluators/calibrations', 'dashboard', 'dashboard/export?table=workflow'],
        `dashboard?workflow=${theirs.ids.workflow}`,
        `dashboard/export?table=version&workflow=${theirs.ids.workflow}`,
      ]) {
        const { status, text } = await go(mine.owner, get(`/api/${path}`), mine, mine.project);
        if (status !== 200) found.push(`${path}: ${status}`);
        const named = path.includes(theirs.ids.workflow) ? [] : [theirs.ids.workflow];
        const { workflow: _workflow, item: _item, ...ids } = theirs.ids;
        for (const word of [theirs.canary, theirs.name, ...Object.values(ids), ...named])
          if (text.includes(word)) found.push(`${path}: ${word}`);
        if (path.includes(theirs.ids.workflow)) expect(text).not.toContain('"runs":1');
      }
    expect(found).toEqual([]);
    // The same lists show the resources of the caller's project.
    await house.server.heddle.rollups.catchUp();
    for (const path of ['datasets', 'experiments', 'annotation-queues', 'alerts', 'alert-channels', 'monitors', 'gate'])
      expect((await go(alpha.owner, get(`/api/${path}`), alpha, alpha.project)).text).toContain(alpha.name);
    const ofMine = get(`/api/dashboard?workflow=${alpha.ids.workflow}`);
    expect((await go(alpha.owner, ofMine, alpha, alpha.project)).text).toContain(alpha.ids.workflow);
  });

  it('cannot be copied from one project into the other, not even by a member of both', async () => {
    const both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    const carried: string[] = [];
    for (const [mine, theirs] of [
      [alpha, beta],
      [beta, alpha],
    ] as const) {
      const own = mine.ids;
      const other = theirs.ids;
      const exact = [{ kind: 'exact' }];
      const ways: readonly (readonly [string, string, object])[] = [
        [
          'POST',
          '/api/experiments',
          { name: 'n', dataset: other.dataset, variants: [{ workflow: own.workflow }], evaluators: exact },
        ],
        [
          'POST',
          '/api/experiments',
          { name: 'n', dataset: own.dataset, variants: [{ workflow: other.workflow }], evaluators: exact },
        ],
        ['POST', '/api/monitors', { name: 'n', workflow: other.workflow, evaluators: [{ kind: 'refusal' }] }],
        ['POST', '/api/evaluators/try', { evaluators: exact, runId: other.run, expected: 'x' }],
        ['POST', `/api/annotation-queues/${own.queue}/dataset`, { dataset: other.dataset }],
        [
          'PUT',
          '/api/gate',
          {
            rules: [
              {
                kind: 'dataset',
                id: 'd',
                title: 'D',
                dataset: other.dataset,
                evaluators: exact,
                conditions: [{ metric: 'exact', of: 'mean', wanted: 0 }],
              },
            ],
          },
        ],
        [
          'POST',
          '/api/alerts',
          {
            name: 'n',
            filter: { workflow: other.workflow },
            condition: { kind: 'threshold', metric: 'runs', value: 5 },
          },
        ],
        [
          'POST',
          '/api/alerts',
          { name: 'n', channels: [other.channel], condition: { kind: 'threshold', metric: 'runs', value: 5 } },
        ],
      ];
      for (const [method, path, body] of ways) {
        const { status, body: said } = await house.call(both, method, path, body, mine.project);
        // A member of both may see the name of a resource of the other project.
        if (status < 400 || said.error === undefined)
          carried.push(`${method} ${path} ${JSON.stringify(body)} ${status}`);
      }
      // Rows of the other project's runs are left out, and counted.
      for (const [path, body] of [
        [`/api/datasets/${own.dataset}/runs`, { runs: [other.run] }],
        [`/api/annotation-queues/${own.queue}/items`, { runs: [other.run] }],
      ] as const) {
        const { text } = await go(
          both,
          post(path, () => body),
          mine,
          mine.project,
        );
        if (text.includes(theirs.canary)) carried.push(path);
      }
      const { text } = await go(both, get(`/api/datasets/${own.dataset}/rows`), mine, mine.project);
      if (text.includes(theirs.canary)) carried.push('rows of a dataset');
    }
    expect(carried).toEqual([]);
  });

  // This test is the last, because it removes the resources.
  it('are all found by their own owner', async () => {
    const missed: string[] = [];
    for (const mine of [alpha, beta])
      for (const [kind, ways] of Object.entries(kinds))
        for (const way of ways) {
          const { status, text } = await go(mine.owner, way, mine, mine.project);
          const isReached = status < 300 || (way.may !== undefined && text.includes(`"${way.may}"`));
          const isShown = way.shows !== true || text.includes(mine.canary) || text.includes(mine.name);
          if (!isReached || !isShown) missed.push(`${kind}: ${way.method} ${way.path} ${status} ${text.slice(0, 200)}`);
        }
    expect(missed).toEqual([]);
  });
});
