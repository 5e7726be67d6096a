import { createSafeFetch } from '@heddle/adapters/fetch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineNode, Json, type WorkflowDocument } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { z } from 'zod';
import { until } from '../channels/testing/open-published.js';
import { signStandard } from '../channels/webhooks/sign.js';
import type { AnyJson } from '../testing/any-json.js';
import { startModelServer } from '../testing/test-model-server.js';
import { startReceiver, type Receiver } from './testing/receiver.js';
import { openTwoProjects, type Shown, type TwoProjects } from './testing/two-projects.js';

const canary = 'canary-alpha-5f0c1b7e9a2d';
const betaCanary = 'canary-beta-81b6d3f04c77';

/** A custom node that passes on whatever it gets of a secret. */
const nosy = defineNode({
  type: 'nosy',
  version: 1,
  category: 'logic',
  title: 'Nosy',
  summary: 'Hands on what it gets.',
  icon: 'eye',
  role: 'step',
  effects: ['network'],
  help: '',
  inputs: {},
  outputs: { seen: Json },
  config: z.object({ secret: z.string() }),
  async run({ config, context }) {
    const secret = await context.secret(config.secret);
    return { seen: { secret, keys: Object.getOwnPropertyNames(secret) } };
  },
});

/** Calls an address with a secret. */
const calling = (url: string, secret = 'alpha-api-key', more: object = {}): WorkflowDocument => ({
  heddle: 2,
  name: `Calls ${secret}`,
  nodes: {
    call: {
      type: 'http',
      version: 1,
      config: { url, auth: { kind: 'bearer', secret }, onStatus: 'give', ...more },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'said', type: 'Text' }] } },
  },
  edges: [{ from: 'call.body', to: 'reply.said' }],
});

describe('secrets of two projects', () => {
  let house: TwoProjects;
  let right: Receiver;
  let foreign: Receiver;
  let owner: Shown & { readonly id: string };
  let alphaEditor: Shown;
  let betaEditor: Shown;
  let betaOwner: Shown;

  beforeAll(async () => {
    foreign = await startReceiver();
    right = await startReceiver((request, reply) => {
      if (request.url === '/redirect') reply.writeHead(307, { location: `${foreign.address}/taken` }).end();
      else reply.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(request.headers));
    });
    house = await openTwoProjects({
      fetch: createSafeFetch({ allowedHosts: ['127.0.0.1', 'localhost'] }),
      nodes: [...standardNodes, nosy],
    });
    owner = house.person({ [house.alpha]: ['owner'] });
    alphaEditor = house.person({ [house.alpha]: ['editor'] });
    betaEditor = house.person({ [house.beta]: ['editor'] });
    betaOwner = house.person({ [house.beta]: ['owner'] });
    await put(owner, 'alpha-api-key', { value: canary, hosts: [right.host] });
    await put(betaOwner, 'beta-key', { value: betaCanary, hosts: [right.host] });
  });
  afterAll(async () => {
    await house.close();
    right.close();
    foreign.close();
  });
  beforeEach(() => {
    right.received.length = 0;
    foreign.received.length = 0;
  });

  const put = async (who: Shown, name: string, body: object, query = ''): Promise<void> => {
    const reply = await house.call(who, 'PUT', `/api/secrets/${name}${query}`, body);
    if (reply.status !== 204) throw new Error(JSON.stringify(reply.body));
  };
  /** Runs a document from the request. */
  const run = async (who: Shown, project: string, document: WorkflowDocument): Promise<AnyJson> => {
    const { body } = await house.call(who, 'POST', '/api/runs?wait=1', { document, inputs: {} }, project);
    expect(JSON.stringify(body)).not.toMatch(/canary/);
    return body;
  };
  const asAlpha = (document: WorkflowDocument) => run(alphaEditor, house.alpha, document);
  const asBeta = (document: WorkflowDocument) => run(betaEditor, house.beta, document);

  it('are used by their own project, at the hosts that they allow', async () => {
    expect(await asAlpha(calling(`${right.address}/echo`))).toMatchObject({
      outputs: { said: expect.stringContaining('Bearer [secret]') },
    });
    expect(right.hasSeen(`Bearer ${canary}`)).toBe(true);
  });

  it('are not found by another project: not listed, not used, and answered like an unused name', async () => {
    const listed = await house.call(betaEditor, 'GET', '/api/secrets');
    expect([listed.status, listed.body]).toEqual([200, { secrets: [], names: ['beta-key'] }]);
    const answers: string[] = [];
    for (const name of ['alpha-api-key', 'alpha-api-kez', 'connection.far', 'for-another', 'tool-only']) {
      await put(owner, 'for-another', { value: canary, hosts: [right.host], workflows: [] });
      await put(owner, 'tool-only', { value: canary, hosts: [right.host], uses: ['tool-environment'] });
      for (const url of [foreign.address, right.address]) {
        const { error, status } = await asBeta(calling(url, name));
        expect(status).toBe('failed');
        answers.push(JSON.stringify(error).replaceAll(name, 'NAME'));
      }
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('secret_not_found');
    expect(answers[0]).not.toMatch(/HEDDLE_|environment|project 'default'/);
    // In its own project too, a secret for other workflows answers as if it did not exist.
    for (const name of ['for-another', 'tool-only', 'nobody-has-it']) {
      const { error } = await asAlpha(calling(right.address, name));
      expect(JSON.stringify(error).replaceAll(name, 'NAME')).toBe(answers[0]);
    }
    expect([right.received, foreign.received]).toEqual([[], []]);
  });

  it('show and change their settings only for owners of their project', async () => {
    expect((await house.call(betaEditor, 'GET', '/api/secrets/beta-key')).status).toBe(403);
    expect((await house.call(betaEditor, 'PUT', '/api/secrets/beta-key', { hosts: [foreign.host] })).status).toBe(403);
    const cards = await house.call(betaOwner, 'GET', '/api/secrets');
    expect(cards.body).toMatchObject({ secrets: [{ name: 'beta-key', owner: house.beta }], names: ['beta-key'] });
    const names = await house.call(betaOwner, 'GET', '/api/secrets?show=names');
    expect(names.body).toEqual({ secrets: [], names: ['beta-key'] });
    expect((await house.call(house.person({ [house.beta]: ['viewer'] }), 'GET', '/api/secrets')).status).toBe(403);
    const hidden = await house.call(betaOwner, 'GET', '/api/secrets/alpha-api-key');
    const unknown = await house.call(betaOwner, 'GET', '/api/secrets/alpha-api-kez');
    expect([hidden.status, unknown.status]).toEqual([404, 404]);
    expect(JSON.stringify(hidden.body).replaceAll('alpha-api-key', 'NAME')).toBe(
      JSON.stringify(unknown.body).replaceAll('alpha-api-kez', 'NAME'),
    );
    for (const [method, path, body] of [
      ['GET', '/api/secrets?owner=installation', undefined],
      ['GET', '/api/secrets/x?owner=installation', undefined],
      ['PUT', '/api/secrets/x?owner=installation', { value: 'x' }],
      ['DELETE', '/api/secrets/x?owner=installation', undefined],
      ['PUT', '/api/secrets/alpha-api-key', { hosts: [foreign.host] }],
    ] as const) {
      const reply = await house.call(betaOwner, method, path, body);
      // The last request sets no value, and the secret of Alpha is not theirs, so nothing is created.
      expect([path, reply.status]).toEqual([path, path.includes('?') ? 403 : 400]);
    }
    const elsewhere = { source: { kind: 'environment' } };
    const refused = await house.call(betaOwner, 'PUT', '/api/secrets/from-outside', elsewhere);
    expect([refused.status, refused.body.error.code]).toEqual([400, 'bad_request']);
  });

  it('may have the same name in two projects', async () => {
    await put(owner, 'crm', { value: canary, hosts: [right.host] });
    await put(betaOwner, 'crm', { value: betaCanary, hosts: [right.host] });
    await asBeta(calling(right.address, 'crm'));
    expect([right.hasSeen(betaCanary), right.hasSeen(canary)]).toEqual([true, false]);
    await house.call(betaOwner, 'DELETE', '/api/secrets/crm');
    expect((await asBeta(calling(right.address, 'crm'))).error.code).toBe('secret_not_found');
    expect((await asAlpha(calling(right.address, 'crm'))).status).toBe('done');
  });

  it('are sent to no other host, however the address is written, and not after a redirect', async () => {
    const { port } = foreign;
    const hosts = [`127.0.0.1:${port}`, `127.1:${port}`, `0x7f.1:${port}`, `2130706433:${port}`, `localhost:${port}`];
    for (const host of hosts)
      for (const kind of ['bearer', 'basic', 'header'])
        expect(
          (await asAlpha(calling(`http://${host}/`, 'alpha-api-key', { auth: { kind, secret: 'alpha-api-key' } })))
            .error,
        ).toMatchObject({
          code: 'secret_host_refused',
          retryable: false,
          message: expect.stringContaining(String(port)),
        });
    const named = await asAlpha(calling(`http://${right.host}@${foreign.host}/`));
    expect(named.error.code).toBe('fetch_blocked');
    // A backslash ends the host.
    await asAlpha(calling(`http://${right.host}\\@${foreign.host}/`));
    expect(foreign.received).toEqual([]);
    expect((await asAlpha(calling(`${right.address}/redirect`))).status).toBe('done');
    expect(right.hasSeen(canary)).toBe(true);
    expect(foreign.received).toEqual([expect.stringContaining('GET /taken')]);
    expect(foreign.hasSeen(canary)).toBe(false);
    // The allowed host is recognised in every spelling.
    right.received.length = 0;
    for (const host of ['127.1', '0x7f.0.0.1', '2130706433'])
      expect((await asAlpha(calling(`http://${host}:${right.port}/`))).status).toBe('done');
    expect(right.received.filter((request) => request.includes(canary))).toHaveLength(3);
  });

  it('cannot be read by a template, a prompt or a custom node', async () => {
    const text = '{{ secret }} {{ secrets.alpha-api-key }} {{ alpha-api-key }}';
    const templates = await house.call(alphaEditor, 'POST', '/api/runs?wait=1', {
      inputs: {},
      document: calling(`${right.address}/?q={{ secret }}`, 'alpha-api-key', { headers: [{ name: 'x', value: text }] }),
    });
    expect(templates.status).toBe(422);
    const document: WorkflowDocument = {
      heddle: 2,
      name: 'Nosy',
      nodes: {
        look: { type: 'nosy', version: 1, config: { secret: 'alpha-api-key' } },
        reply: { type: 'output', version: 1, config: { fields: [{ name: 'seen', type: 'Json' }] } },
      },
      edges: [{ from: 'look.seen', to: 'reply.seen' }],
    };
    expect((await asAlpha(document)).outputs).toEqual({
      seen: { secret: { name: 'alpha-api-key' }, keys: ['name'] },
    });
    expect((await asBeta(document)).error.code).toBe('secret_not_found');
  });

  it('of the installation are for projects with a grant, which can be revoked at once', async () => {
    const { grants } = house.server.heddle;
    await put(owner, 'shared', { value: canary, hosts: [right.host] }, '?owner=installation');
    expect((await asAlpha(calling(right.address, 'shared'))).status).toBe('done');
    expect((await asBeta(calling(right.address, 'shared'))).error.code).toBe('secret_not_found');
    grants.set('secret', 'shared', [house.beta]);
    expect((await asBeta(calling(right.address, 'shared'))).status).toBe('done');
    expect((await house.call(betaEditor, 'GET', '/api/secrets')).body.names).toEqual(['beta-key', 'shared']);
    expect((await asBeta(calling(foreign.address, 'shared'))).error.code).toBe('secret_host_refused');
    expect((await asAlpha(calling(right.address, 'shared'))).error.code).toBe('secret_not_found');
    grants.set('secret', 'shared', []);
    expect((await asBeta(calling(right.address, 'shared'))).error.code).toBe('secret_not_found');
    // A new secret of the same name does not inherit the grant.
    grants.set('secret', 'shared', [house.beta]);
    await house.call(owner, 'DELETE', '/api/secrets/shared?owner=installation');
    expect(house.server.heddle.parts.identity.grants.granted('secret', 'shared')).toBeUndefined();
    expect(foreign.received).toEqual([]);
  });

  it('work in a published version after its author has left, and only those that allow the workflow', async () => {
    const author = house.person({ [house.alpha]: ['owner'] });
    const { slug, id } = await house.published(house.alpha, calling(right.address));
    expect((await house.call(owner, 'GET', '/api/secrets/alpha-api-key')).body.usedBy).toContainEqual({
      kind: 'workflow',
      id,
      title: 'Calls alpha-api-key',
    });
    await put(author, 'limited', { value: canary, hosts: [right.host], workflows: [slug] });
    await house.server.heddle.parts.identity.projects.setRoles(house.alpha, `user:${author.id}`, []);
    const key = house.key(house.alpha, { workflows: [id] });
    const called = await house.call(key, 'POST', `/v1/workflows/${slug}`, {});
    expect([called.status, right.hasSeen(canary)]).toEqual([200, true]);
    // The slug was stored as the id of the workflow.
    expect((await house.call(owner, 'GET', '/api/secrets/limited')).body.workflows).toEqual([id]);
    expect((await asAlpha(calling(right.address, 'limited'))).error.code).toBe('secret_not_found');
    const foreignWorkflow = await house.workflow(house.beta, calling(right.address));
    const refused = await house.call(owner, 'PUT', '/api/secrets/limited', { workflows: [foreignWorkflow] });
    expect([refused.status, refused.body.error.code]).toEqual([404, 'workflow_not_found']);
  });

  describe('in runs without a request, and in nested runs', () => {
    const inner = (secret: string, url: string) => ({ nodes: calling(url, secret).nodes, edges: calling(url).edges });
    const nested = (secret: string, url: string): WorkflowDocument => ({
      ...calling(url, secret),
      nodes: {
        part: { type: 'workflow', version: 1, config: { workflow: '#inner' } },
        reply: { type: 'output', version: 1, config: { fields: [{ name: 'said', type: 'Text' }] } },
      },
      edges: [{ from: 'part.said', to: 'reply.said' }],
      workflows: { inner: inner(secret, url) },
    });
    const asking = (secret: string, url: string): WorkflowDocument => ({
      ...nested(secret, url),
      nodes: {
        clerk: {
          type: 'agent',
          version: 1,
          config: { model: 'scripted/one', tools: [{ use: 'workflow', workflow: '#inner', name: 'call' }] },
        },
        text: { type: 'prompt', version: 1, config: { template: 'Go' } },
        reply: { type: 'output', version: 1, config: { fields: [{ name: 'said', type: 'Text' }] } },
      },
      edges: [
        { from: 'text.text', to: 'clerk.prompt' },
        { from: 'clerk.text', to: 'reply.said' },
      ],
    });

    /** Starts a run of a workflow without a waiting request, and returns its id. */
    const starts: Readonly<Record<string, (who: Shown, project: string, slug: string) => Promise<string>>> = {
      schedule: async (who, project, slug) => {
        const at = `/api/workflows/${slug}/schedules`;
        const config = { name: 'Hourly', cron: '0 * * * *', inputs: {} };
        const { body } = await house.call(who, 'POST', at, config, project);
        return (await house.call(who, 'POST', `${at}/${body.id}/run`, {}, project)).body.runId as string;
      },
      webhook: async (who, project, slug) => {
        const { body } = await house.call(who, 'POST', `/api/workflows/${slug}/hooks`, { name: 'Shop' }, project);
        const about = { id: 'm1', timestamp: String(Math.floor(Date.now() / 1000)), body: Buffer.from('{}') };
        return (await house.call(signStandard(body.secret, about), 'POST', body.path, '{}')).body.runId as string;
      },
      batch: async (who, project, slug) => {
        const before = await house.server.heddle.runs.list({});
        await house.call(who, 'POST', `/api/workflows/${slug}/batches`, { rows: [{}] }, project);
        return until(async () => {
          const now = await house.server.heddle.runs.list({});
          return now.find(({ runId }) => !before.some((known) => known.runId === runId))?.runId;
        });
      },
    };
    const outcome = async (runId: string) => {
      await house.server.heddle.runs.settled(runId);
      return house.server.heddle.runs.summary(runId);
    };

    it.each(Object.keys(starts))('a %s has only the rights of its workflow', async (kind) => {
      const start = starts[kind] ?? (() => Promise.reject(new Error(kind)));
      const alpha = await house.published(house.alpha, calling(right.address));
      expect(await outcome(await start(owner, house.alpha, alpha.slug))).toMatchObject({ status: 'done' });
      expect(right.hasSeen(canary)).toBe(true);
      right.received.length = 0;
      const beta = await house.published(house.beta, calling(right.address));
      const failed = await outcome(await start(betaOwner, house.beta, beta.slug));
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'secret_not_found' } });
      expect(right.received).toEqual([]);
    });

    it('a nested workflow has only the rights of its project', async () => {
      expect((await asAlpha(nested('alpha-api-key', right.address))).status).toBe('done');
      expect(right.hasSeen(canary)).toBe(true);
      expect((await asAlpha(nested('alpha-api-key', foreign.address))).error.code).toBe('secret_host_refused');
      expect((await asBeta(nested('alpha-api-key', foreign.address))).error.code).toBe('secret_not_found');
      expect(foreign.received).toEqual([]);
    });

    it('a tool of an agent has only the rights of its project', async () => {
      const model = await startModelServer([[{ name: 'call', args: {} }], 'Done.']);
      try {
        const { heddle } = house.server;
        await house.call(owner, 'POST', '/api/connections', {
          id: 'scripted',
          kind: 'openai-compatible',
          baseUrl: model.baseUrl,
          models: [{ name: 'one' }],
        });
        heddle.grants.set('connection', 'scripted', ['*']);
        const asked = await asAlpha(asking('alpha-api-key', right.address));
        expect(asked).toMatchObject({ status: 'done' });
        expect(right.hasSeen(canary)).toBe(true);
        right.received.length = 0;
        model.requests.length = 0;
        await asBeta(asking('alpha-api-key', right.address));
        // The model gets an error like that for an unused name, and nothing was called.
        expect([model.requests.length, right.received]).toEqual([2, []]);
        expect(JSON.stringify(model.requests)).not.toContain('canary');
        expect(JSON.stringify(model.requests[1])).toContain("There is no secret 'alpha-api-key' for this project");
      } finally {
        await model.close();
      }
    });
  });
});
