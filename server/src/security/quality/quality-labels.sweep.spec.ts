import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@heddle/core';
import type { AnyJson } from '../../testing/any-json.js';
import { startModelServer, type TestModelServer } from '../../testing/test-model-server.js';
import { openTwoProjects, type TwoProjects } from '../testing/two-projects.js';
import { fillWithQuality, type QualityThings } from './quality-things.js';

const judge = { kind: 'judge', config: { models: ['low/one'] } };

let house: TwoProjects;
let low: TestModelServer;
/** One project has confidential runs, and the other has runs that the judge may read; each way is tried in both. */
let secret: QualityThings;
let open: QualityThings;
beforeAll(async () => {
  low = await startModelServer([() => Promise.resolve('{"reasoning": "It is so.", "score": 3}')]);
  house = await openTwoProjects({ withStoredJournal: true });
  const { heddle } = house.server;
  const connection = { id: 'low', kind: 'openai-compatible', baseUrl: low.baseUrl, models: [{ name: 'one' }] };
  const price = { model: 'one', inputPerMillion: 0, outputPerMillion: 0, currency: 'USD', asOf: '2026-01-01' };
  const given = Connection.parse({ ...connection, attempts: 1, clearance: 'internal', prices: [price] });
  await heddle.connections.create(given, { who: 'local' });
  heddle.grants.set('connection', 'low', ['*']);
  secret = await fillWithQuality(house, house.alpha, 'canary-secret-label', 'confidential');
  open = await fillWithQuality(house, house.beta, 'canary-open-label');
}, 120_000);
afterAll(async () => {
  await house.close();
  await low.close();
});

async function call({ owner, project }: QualityThings, method: string, path: string, body?: object): Promise<AnyJson> {
  const reply = await house.call(owner, method, path, body, project);
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

async function untilEnded(things: QualityThings, path: string, isOver: (body: AnyJson) => boolean): Promise<void> {
  while (!isOver(await call(things, 'GET', path))) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Each way in which a model of the quality features reads a run or a row. */
const judged: Readonly<Record<string, (things: QualityThings) => Promise<unknown>>> = {
  'a judge that is tried on a run': (things) =>
    call(things, 'POST', '/api/evaluators/try', { evaluators: [judge], runId: things.ids.run, expected: 'x' }),
  'a judge of an experiment': async (things) => {
    const { dataset, workflow } = things.ids;
    const body = { name: 'Judged', dataset, evaluators: [judge], variants: [{ workflow }] };
    const { id } = await call(things, 'POST', '/api/experiments', body);
    await untilEnded(things, `/api/experiments/${String(id)}`, ({ status }) => status === 'done');
  },
  'a judge of a route training': async (things) => {
    const path = `/api/experiments/${things.ids.experiment}/route-trainings`;
    const by = { kind: 'judges', models: ['low/one'] };
    const models = { cheap: 'small', strong: 'big' };
    const { id } = await call(things, 'POST', path, { cheap: 'v2', strong: 'v1', by, models });
    await untilEnded(things, `${path}/${String(id)}`, ({ endedAt }) => endedAt !== undefined);
  },
  'a judge of a monitor': async (things) => {
    const { monitor, workflow } = things.ids;
    const setup = { name: 'Judged', workflow, share: 1, evaluators: [judge] };
    await call(things, 'PUT', `/api/monitors/${monitor}`, setup);
    const begun = await call(things, 'POST', `/api/workflows/${workflow}/runs?wait=1`, {
      inputs: { question: things.canary },
    });
    const { runs, monitorWorker } = house.server.heddle;
    await runs.settled(String(begun['runId'] ?? begun['summary']?.runId));
    await monitorWorker.catchUp();
  },
  'a judge of a gate': async (things) => {
    const { dataset, workflow } = things.ids;
    const rule = {
      kind: 'dataset',
      id: 'judged',
      title: 'Judged',
      dataset,
      evaluators: [judge],
      workflows: [workflow],
      conditions: [{ metric: 'judge', of: 'mean', wanted: 0 }],
    };
    await call(things, 'PUT', '/api/gate', { rules: [rule] });
    await call(things, 'POST', `/api/workflows/${workflow}/gate/run`, {});
    const isOver = ({ rules = [] }: AnyJson): boolean =>
      (rules as AnyJson[]).every(({ state }) => state !== 'running' && state !== 'not-run');
    await untilEnded(things, `/api/workflows/${workflow}/gate`, isOver);
  },
};

describe('a model that judges, compares or generates', () => {
  it.each(Object.keys(judged))('gets nothing above its clearance: %s', async (name) => {
    const seen = async (things: QualityThings): Promise<number> => {
      low.requests.length = 0;
      await judged[name]?.(things);
      return low.requests.filter((request) => JSON.stringify(request).includes(things.canary)).length;
    };
    expect(await seen(secret)).toBe(0);
    // The same way reaches the model when the label allows it.
    expect(await seen(open)).toBeGreaterThan(0);
  });
});

describe('figures, charts and messages about quality', () => {
  it('contain nothing that a run read or wrote', async () => {
    const { heddle } = house.server;
    await heddle.rollups.catchUp();
    await heddle.alerts.watcher.check();
    const found: string[] = [];
    for (const { ids, owner, project, canary } of [secret, open])
      for (const path of [
        'dashboard',
        'dashboard/export',
        'dashboard/export?table=errors',
        'dashboard/export?table=scores',
        `workflows/${ids.workflow}/ab/${ids.test}`,
        `monitors/${ids.monitor}/series`,
        `monitors/${ids.monitor}/drift`,
        `experiments/${ids.experiment}/result`,
        `experiments/${ids.experiment}/route-trainings/${ids.training}`,
        `alerts/${ids.alert}/history`,
        `models/small/card`,
      ]) {
        const { status, body } = await house.call(owner, 'GET', `/api/${path}`, undefined, project);
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        if (status < 300 && text.includes(canary)) found.push(path);
      }
    expect(found).toEqual([]);
  });

  it('keep the label on every row that is exported', async () => {
    const { ids, owner, project } = secret;
    const texts: Record<string, string> = {};
    for (const path of [
      `datasets/${ids.dataset}/export?format=jsonl`,
      `datasets/${ids.dataset}/export?format=csv`,
      `experiments/${ids.experiment}/export?format=jsonl`,
      `experiments/${ids.experiment}/export?format=csv`,
    ]) {
      const { status, body } = await house.call(owner, 'GET', `/api/${path}`, undefined, project);
      expect([path, status]).toEqual([path, 200]);
      texts[path] = typeof body === 'string' ? body : JSON.stringify(body);
    }
    for (const [path, text] of Object.entries(texts))
      if (text.includes(secret.canary)) expect([path, text.includes('confidential')]).toEqual([path, true]);
    expect(Object.values(texts).some((text) => text.includes(secret.canary))).toBe(true);
  });

  it('exclude what is above the clearance from a training set and a queue, and count it', async () => {
    await call(secret, 'POST', `/api/workflows/${secret.ids.workflow}/training-consent`, { isGiven: true });
    await call(open, 'POST', `/api/workflows/${open.ids.workflow}/training-consent`, { isGiven: true });
    for (const [things, isLeftOut] of [
      [secret, true],
      [open, false],
    ] as const) {
      const { workflow } = things.ids;
      const begun = await call(things, 'POST', `/api/workflows/${workflow}/runs?wait=1`, {
        inputs: { question: things.canary },
      });
      const run = String(begun['runId'] ?? begun['summary']?.runId);
      await house.server.heddle.runs.settled(run);
      await call(things, 'POST', `/api/runs/${run}/feedback`, { thumb: 'up' });
      const set = await call(things, 'POST', `/api/workflows/${workflow}/training-set`, {});
      expect(JSON.stringify(set).includes(things.canary)).toBe(!isLeftOut);
      const queue = await call(things, 'POST', '/api/annotation-queues', { name: 'Low', rubric: { hasText: true } });
      const added = await call(things, 'POST', `/api/annotation-queues/${String(queue['id'])}/items`, { runs: [run] });
      expect(added).toMatchObject(isLeftOut ? { added: 0, above: 1 } : { added: 1, above: 0 });
    }
  });
});
