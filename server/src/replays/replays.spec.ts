import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HeddleError, type WorkflowDocument } from '@heddle/core';
import { isLong } from '@heddle/core/testing';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../channels/testing/open-published.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';

/** A shop that counts the requests it receives. */
async function openShop(): Promise<{ readonly url: string; readonly server: Server; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push(body);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ order: body.length }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`, server, seen };
}

/** Orders what the question names, remembers it, and says so. */
const shopping = (url: string, template: string, remembered = 'ada'): WorkflowDocument => ({
  heddle: 2,
  name: 'Shopping',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    order: { type: 'prompt', version: 1, config: { template: '{{ question }}' } },
    shop: { type: 'http', version: 1, config: { url, method: 'POST', body: { kind: 'text', text: '{{ order }}' } } },
    say: { type: 'prompt', version: 1, config: { template } },
    session: { type: 'prompt', version: 1, config: { template: remembered } },
    keep: { type: 'memory', version: 1, config: { mode: 'write' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'order.question' },
    { from: 'order.text', to: 'shop.order' },
    { from: 'question.question', to: 'say.question' },
    { from: 'shop.json', to: 'say.order' },
    { from: 'session.text', to: 'keep.session' },
    { from: 'say.text', to: 'keep.reply' },
    { from: 'say.text', to: 'reply.answer' },
  ],
});

const saying = 'You ordered {{ question }}: {{ order }}';

describe('replays', () => {
  let house: TwoProjects;
  let shop: Awaited<ReturnType<typeof openShop>>;
  let owner: Shown;
  let workflow: string;

  beforeAll(async () => {
    [house, shop] = await Promise.all([openTwoProjects(), openShop()]);
    owner = house.person({ [house.alpha]: ['owner'] });
    workflow = await house.workflow(house.alpha, shopping(shop.url, saying));
    await record(workflow, ['a tent', 'two lamps', 'a rope']);
  });
  afterAll(async () => {
    await house.close();
    shop.server.close();
  });

  const record = async (id: string, questions: readonly string[]): Promise<void> => {
    const { document } = await house.server.heddle.workflows.get(id);
    for (const question of questions) {
      const { runId } = await house.server.heddle.runs.start({
        document,
        workflowId: id,
        request: { inputs: { question } },
        trigger: 'published',
        caller: { principal: 'local', project: house.alpha },
      });
      const { status, error } = await house.server.heddle.runs.settled(runId);
      expect([status, error]).toEqual(['done', undefined]);
    }
  };
  const draft = async (document: WorkflowDocument, id = workflow): Promise<void> => {
    await house.server.heddle.workflows.save(id, document, undefined);
  };
  const begun = async (body: object, who = owner): Promise<string> => {
    const started = await house.call(who, 'POST', '/api/replays', { workflow, ...body });
    expect([started.status, started.body.error]).toEqual([202, undefined]);
    return String(started.body['id']);
  };
  const replay = async (body: object, who = owner): Promise<Record<string, AnyJson>> => ended(await begun(body, who));
  const ended = (id: string, withinMs?: number): Promise<Record<string, AnyJson>> =>
    until(async () => {
      const { body } = await house.call(owner, 'GET', `/api/replays/${id}`);
      return body['state'] === 'running' ? undefined : (body as Record<string, AnyJson>);
    }, withinMs);
  const rowsOf = async (id: string, status = ''): Promise<AnyJson[]> =>
    (await house.call(owner, 'GET', `/api/replays/${id}/rows${status}`)).body['rows'] as AnyJson[];

  it('reuse every result when the draft is unchanged', async () => {
    const sent = shop.seen.length;
    const found = await replay({});
    expect(found).toMatchObject({
      state: 'done',
      rows: { total: 3, same: 3, changed: 0, regressions: 0 },
      effects: { sent: 0, wouldCall: 0, modelCalls: 0 },
      problems: [],
    });
    expect(Number(found['effects'].served)).toBeGreaterThanOrEqual(3);
    expect(shop.seen).toHaveLength(sent);
    expect(found['table'].rows).toBe(3);
  });

  it('show what a draft changes, with both answers, and send nothing', async () => {
    const sent = shop.seen.length;
    await draft(shopping(shop.url, 'Ordered: {{ question }} ({{ order }})'));
    const found = await replay({ maxChanged: 0.5 });
    await draft(shopping(shop.url, saying));
    expect(found).toMatchObject({ rows: { total: 3, changed: 3, regressions: 0 }, effects: { sent: 0, heldBack: 3 } });
    expect(found['problems']).toEqual(['100 % of the runs changed, but at most 50 % may.']);
    expect(shop.seen).toHaveLength(sent);
    const [first] = await rowsOf(String(found['id']));
    const row = (await house.call(owner, 'GET', `/api/replays/${found['id']}/rows/${first!['number']}`)).body;
    expect([row['outputsBefore'].answer.value, row['outputsAfter'].answer.value]).toEqual([
      expect.stringContaining('You ordered a rope'),
      expect.stringContaining('Ordered: a rope'),
    ]);
    const { body: run } = await house.call(owner, 'GET', `/api/runs/${row['run']}`);
    expect(run['summary']).toMatchObject({ trigger: 'replay', replayOf: row['recorded'] });
  });

  it('catch a planted regression: each run that had an answer would order something else', async () => {
    const sent = shop.seen.length;
    const planted = shopping(shop.url, saying);
    await draft({
      ...planted,
      nodes: { ...planted.nodes, order: { type: 'prompt', version: 1, config: { template: '{{ question }}!' } } },
    });
    const found = await replay({});
    await draft(shopping(shop.url, saying));
    expect(found).toMatchObject({ rows: { wouldCall: 3, regressions: 3 }, effects: { sent: 0, wouldCall: 3 } });
    expect(found['problems']).toEqual(['3 of 3 runs had an answer and have none now.']);
    expect(await rowsOf(String(found['id']), '?status=would-call&limit=1')).toMatchObject([
      { status: 'would-call', isRegression: true, why: `POST ${shop.url}` },
    ]);
    expect(shop.seen).toHaveLength(sent);
  });

  it('continue with stubs, and leave the remembered conversation as it was', async () => {
    const conversations = async (): Promise<AnyJson> => (await house.call(owner, 'GET', '/api/conversations')).body;
    const before = await conversations();
    expect(JSON.stringify(before)).toContain('You ordered a tent');
    const planted = shopping(shop.url, saying);
    await draft({
      ...planted,
      nodes: { ...planted.nodes, order: { type: 'prompt', version: 1, config: { template: '{{ question }}!' } } },
    });
    const found = await replay({ stubs: { shop: { json: { order: 0 }, status: 200 } } });
    await draft(shopping(shop.url, saying));
    expect(found).toMatchObject({ rows: { changed: 3 }, effects: { sent: 0, stubbed: 3, heldBack: 3 } });
    expect(await conversations()).toEqual(before);
  });

  it('ask a person for an unrecorded result, and add the row when it is answered', async () => {
    const sent = shop.seen.length;
    const planted = shopping(shop.url, saying);
    const order = { type: 'prompt', version: 1, config: { template: '{{ question }}?' } };
    await draft({ ...planted, nodes: { ...planted.nodes, order } });
    const found = await replay({ filter: { limit: 1 }, unrecorded: 'ask' });
    await draft(shopping(shop.url, saying));
    expect(found).toMatchObject({ rows: { suspended: 1 }, problems: ['1 of 1 replays wait for a person.'] });
    const [row] = await rowsOf(String(found['id']));
    const runId = String(row!['run']);
    const [request] = await house.server.heddle.runs.requests(runId);
    await house.server.heddle.runs.answer(runId, request!.requestId, { value: { json: { order: 1 } } });
    await house.server.heddle.runs.settled(runId);
    expect(await ended(String(found['id']))).toMatchObject({
      rows: { suspended: 0, changed: 1 },
      problems: [],
      effects: { sent: 0, stubbed: 1 },
    });
    expect(shop.seen).toHaveLength(sent);
  });

  it('record in the audit log that no effect left', async () => {
    const found = await replay({ filter: { limit: 1 } });
    const { body } = await house.call(owner, 'GET', `/api/audit?act=replay&limit=50`);
    const entries = (body['records'] as AnyJson[]).filter(({ subject }) => subject === `replay:${found['id']}`);
    expect(entries.map(({ details }): unknown => details)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ step: 'started', rows: 1 }),
        expect.objectContaining({ step: 'ended', rows: 1, sent: 0, wouldCall: 0 }),
      ]),
    );
  });

  it('cannot be continued as ordinary runs', async () => {
    const found = await replay({ filter: { limit: 1 } });
    const [row] = await rowsOf(String(found['id']));
    const sent = shop.seen.length;
    for (const path of ['resume', 'rerun'])
      expect((await house.call(owner, 'POST', `/api/runs/${row!['run']}/${path}`, {})).status).toBe(409);
    const body = { inputs: {}, reuseFrom: row!['run'] };
    expect((await house.call(owner, 'POST', `/api/workflows/${workflow}/runs`, body)).body.error).toMatchObject({
      code: 'replay_refused',
    });
    expect(shop.seen).toHaveLength(sent);
  });

  it('need the rights to run the draft and to read the recorded runs; other projects see nothing of them', async () => {
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    const stranger = house.person({ [house.beta]: ['owner'] });
    expect((await house.call(viewer, 'POST', '/api/replays', { workflow })).status).toBe(403);
    expect((await house.call(stranger, 'POST', '/api/replays', { workflow })).status).toBe(404);
    const { body } = await house.call(owner, 'GET', '/api/replays');
    const id = String((body['replays'] as AnyJson[])[0]!['id']);
    for (const path of ['', '/rows', '/rows/1'])
      expect((await house.call(stranger, 'GET', `/api/replays/${id}${path}`)).status).toBe(404);
    expect((await house.call(stranger, 'DELETE', `/api/replays/${id}`)).status).toBe(404);
    expect((await house.call(stranger, 'GET', '/api/replays')).body).toEqual({ replays: [] });
    expect((await house.call(viewer, 'DELETE', `/api/replays/${id}`)).status).toBe(403);
    expect((await house.call(owner, 'DELETE', `/api/replays/${id}`)).status).toBe(204);
    expect((await house.call(owner, 'GET', `/api/replays/${id}`)).status).toBe(404);
  });

  it('filter runs, and report when none matches', async () => {
    expect(await replay({ filter: { since: Date.now() + 1e9 } })).toMatchObject({
      rows: { total: 0 },
      problems: ['No recorded run fits the filter.'],
    });
    expect(await replay({ filter: { label: 'public' } })).toMatchObject({ rows: { total: 0 } });
    expect((await house.call(owner, 'POST', '/api/replays', { workflow, filter: { limit: 0 } })).status).toBe(400);
    expect((await house.call(owner, 'POST', '/api/replays', { workflow, version: 9 })).status).toBe(404);
  });

  it('are listed by project, however many another project has', async () => {
    const { heddle } = house.server;
    const other = await house.workflow(house.beta, shopping(shop.url, saying));
    const body = JSON.stringify({
      request: { workflow: other },
      project: house.beta,
      workflowName: 'Other',
      hash: 'sha256:0',
      bundle: {},
    });
    const { replays, tables } = heddle.parts;
    const made = Array.from({ length: 60 }, () =>
      replays.write.create({ workflow: other, who: 'local', createdAt: 9e15, body }, []),
    );
    await tables.commit(
      made.flatMap(({ replay: { id }, writes }) => [
        ...writes,
        ...heddle.ownership.write.assign('replay', id, house.beta),
      ]),
    );
    const own = await replay({ filter: { limit: 1 } });

    const { body: listed } = await house.call(owner, 'GET', '/api/replays');

    expect((listed['replays'] as AnyJson[]).map(({ id }) => String(id))).toContain(own['id']);
    await tables.commit(made.map(({ replay: { id } }) => replays.write.remove(id)));
  });

  it('do not block the start of a server when one cannot be continued', async () => {
    const { heddle } = house.server;
    const { replays, tables } = heddle.parts;
    const begun = { workflow, who: 'local', createdAt: 0, body: '{"request":' };
    const { replay: broken, writes } = replays.write.create(begun, ['r1']);
    await tables.commit(writes);

    await heddle.replays.recoverAbandoned();

    expect((await replays.get(broken.id)).state).toBe('cancelled');
    expect(await replays.row(broken.id, 1)).toMatchObject({ status: 'left-out' });
    await tables.commit([replays.write.remove(broken.id)]);
  });

  it('wait while the disk is full, and then record the end of each row', async () => {
    const { replays } = house.server.heddle.parts;
    const endRow = replays.endRow.bind(replays);
    let refused = 0;
    const refusing = jest.spyOn(replays, 'endRow').mockImplementation((...of) => {
      if (refused < 3) {
        refused += 1;
        return Promise.reject(new HeddleError('storage_full', 'The disk is full.', { retryable: true }));
      }
      return endRow(...of);
    });
    const found = await replay({});
    refusing.mockRestore();
    expect(refused).toBe(3);
    expect(found).toMatchObject({ rows: { total: 3, same: 3, running: 0, leftOut: 0 }, problems: [] });
  });

  it('can be cancelled', async () => {
    const started = await house.call(owner, 'POST', '/api/replays', { workflow, concurrency: 1 });
    const cancelled = await house.call(owner, 'POST', `/api/replays/${started.body['id']}/cancel`);
    expect(cancelled.body).toMatchObject({ state: expect.stringMatching(/cancelled|done/) });
    await house.call(owner, 'DELETE', `/api/replays/${(await replay({ filter: { limit: 1 } }))['id']}`);
    const { body: log } = await house.call(owner, 'GET', '/api/audit?act=replay&limit=50');
    const steps = (log['records'] as AnyJson[]).map(({ details }) => String(details.step));
    expect(steps).toEqual(
      expect.arrayContaining([cancelled.body['state'] === 'done' ? 'ended' : 'cancelled', 'removed']),
    );
    expect((await ended(String(started.body['id'])))['rows']).toMatchObject({ waiting: 0, running: 0 });
  });

  const count = isLong ? 500 : 50;
  it(`replays ${count} runs of a changed draft with 0 requests to the shop`, async () => {
    const many = await house.workflow(house.alpha, shopping(shop.url, saying));
    await record(
      many,
      Array.from({ length: count }, (_, number) => `lamp ${number}`),
    );
    const sent = shop.seen.length;
    await draft(shopping(shop.url, `${saying}.`, 'eve'), many);
    const found = await ended(await begun({ workflow: many, filter: { limit: count }, concurrency: 16 }), 150_000);
    expect(found).toMatchObject({
      rows: { total: count, changed: count },
      effects: { sent: 0, wouldCall: 0, heldBack: count },
    });
    expect(shop.seen).toHaveLength(sent);
    expect(found['table'].comparisons).toContainEqual(
      expect.objectContaining({ metric: 'same-answer', worse: count, verdict: 'worse' }),
    );
  }, 300_000);
});
