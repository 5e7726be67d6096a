import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AlertChannelConfig,
  AlertRule,
  Connection,
  CreateQueueRequest,
  defaultProject,
  KeyScopes,
  localPrincipal,
  MonitorRequest,
  publicLabel,
  ToolServer,
} from '@heddle/core';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { newToken } from '@heddle/adapters/identity';
import { io } from 'socket.io-client';
import { controllers } from '../heddle.module.js';
import { routesOf, type DeclaredRoute } from '../testing/routes-of.js';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { everyRight } from '../testing/every-right.js';
import { addDataset } from '../testing/reach/add-dataset.js';

/** Routes that anyone may read: they show nothing that this installation stores. A new public route is listed here, or the test fails. */
const open = new Set([
  'GET /api/health',
  'GET /api/health/live',
  'GET /api/health/ready',
  'GET /api/openapi.json',
  'GET /api/auth/me',
  'POST /api/auth/sign-in',
  'POST /api/auth/setup',
  'POST /api/auth/setup/check',
  'GET /api/auth/oidc/start',
  'GET /api/auth/oidc/callback',
  'GET /embed.js',
  'GET /clients/:file',
  'GET /.well-known/oauth-protected-resource',
  'GET /.well-known/oauth-protected-resource/mcp',
  'GET /.well-known/oauth-protected-resource/mcp/build',
  'GET /llms.txt',
  'GET /docs/:file',
  'GET /.well-known/oauth-authorization-server',
  'GET /oauth/client.json',
  'POST /oauth/register',
  'GET /oauth/authorize',
  'POST /oauth/token',
  'POST /oauth/revoke',
]);

/** Channels for other programs answer in their own form, so they check the caller themselves; they are swept like all others. */
const checkThemselves = /^(?:GET|POST|PUT|PATCH|DELETE|ALL|OPTIONS) \/(?:v1|mcp|share)(?:\/|$)/;

/** Callers whose credential is missing, wrong or expired. */
const unknown = new Set([
  'none',
  'bad key',
  'odd header',
  'bad session',
  'ended session',
  'revoked key',
  'expired key',
]);
/** These callers try one in eight of the ids, chosen by the seed; `npm run test:long` tries all. */
const oneIn = 8;

const routes = controllers.flatMap(routesOf);
const nameOf = ({ method, path }: DeclaredRoute): string => `${method} ${path}`;
const isOpen = (route: DeclaredRoute): boolean => open.has(nameOf(route));

/** The values that an address has for the parameters of its route. */
function namedIn(url: string, path: string): readonly string[] {
  const segments = (url.split('?')[0] ?? '').split('/').map(decodeURIComponent);
  return path.split('/').flatMap((part, index) => (part.startsWith(':') ? (segments[index] ?? []) : []));
}

describe('every route', () => {
  let server: TestServer;
  let ids: Readonly<Record<string, readonly string[]>>;
  let credentials: Readonly<Record<string, Readonly<Record<string, string>>>>;

  beforeAll(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
    const { identity } = server.heddle.parts;
    const workflow = await server.heddle.workflows.create(testDocument());
    const { runId } = await server.heddle.runs.start({
      document: workflow.document,
      workflowId: workflow.id,
      request: { inputs: { question: 'why' } },
      trigger: 'api',
    });
    const file = await server.heddle.parts.blobs.put(Buffer.from('text'), { name: 'a.txt', mediaType: 'text/plain' });
    const provider = { id: 'alphas-provider', kind: 'openai-compatible', baseUrl: 'http://10.1.2.3/v1' };
    await server.heddle.connections.create(Connection.parse(provider), { who: 'local' });
    const transport = { kind: 'http', url: 'http://10.1.2.3/mcp' };
    await server.heddle.tools.create(ToolServer.parse({ id: 'alphas-tools', transport }), 'local');
    const owner = await identity.users.create({ email: 'ada@example.org', name: 'Ada' });
    await identity.projects.setRoles('default', `user:${owner.id}`, ['owner']);
    const other = await identity.projects.create('Other');
    const stranger = await identity.users.create({ email: 'eve@example.org', name: 'Eve' });
    await identity.projects.setRoles(other.id, `user:${stranger.id}`, ['owner']);
    const keyOf = (scopes: unknown, project = 'default', holder = owner.id) =>
      identity.keys.create({ name: 'k', owner: `user:${holder}`, project, scopes: KeyScopes.parse(scopes) });
    const revoked = await keyOf({});
    await identity.keys.revoke(revoked.key.id);
    const session = (userId: string) => identity.sessions.begin(userId, { isSecure: false, agent: '' });
    const gone = await session(owner.id);
    await identity.sessions.end(gone.session.id);
    const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
    // A token of a share page works for that page only.
    const shareToken = newToken('hsl');
    const channel = { id: 'l_1', kind: 'share', workflowId: workflow.id, owner: 'local', createdAt: 0 } as const;
    const { store, shares } = server.heddle.parts.channels;
    await server.heddle.parts.tables.commit([
      ...store.write.insert({ ...channel, body: { name: 'Page' } }),
      shares.setToken(channel.id, shareToken),
    ]);
    const job = await server.heddle.parts.jobs.create({ kind: 'ingest', subject: 'alphas-handbook' });
    const dataset = await addDataset(server.heddle, {
      name: 'alphas-rows',
      rows: [{ id: 'alphas-row', inputs: { question: 'why' }, label: 'internal' }],
    });
    const { replay, writes: replayWrites } = server.heddle.parts.replays.write.create(
      {
        workflow: workflow.id,
        who: 'local',
        createdAt: 0,
        body: JSON.stringify({
          request: { workflow: workflow.id },
          project: defaultProject,
          workflowName: 'Alpha',
          hash: 'sha256:0',
          bundle: {},
        }),
      },
      [runId],
    );
    const { prompt, writes } = server.heddle.parts.prompts.create(
      { project: defaultProject, name: 'alphas-prompt', title: '', owners: [] },
      { kind: 'text', text: 'alphas-text' },
      { who: 'local', note: '' },
    );
    await server.heddle.parts.tables.commit([...writes, ...replayWrites]);
    const proposal = await server.heddle.building.proposals.proposeDraft(
      { principal: localPrincipal, project: defaultProject, clearance: 'internal' },
      workflow,
      workflow.document,
      'alphas-note',
    );
    const { annotations } = server.heddle.parts;
    const { queue, writes: queueWrites } = annotations.write.create(
      CreateQueueRequest.parse({ name: 'alphas-queue', rubric: { hasText: true } }),
      defaultProject,
    );
    await server.heddle.parts.tables.commit(queueWrites);
    const { experiments } = server.heddle.parts;
    const about = { name: 'alphas-rows', id: dataset, version: 1 };
    const body = { name: 'alphas-experiment', dataset: about, rows: 0, variants: [], evaluators: [], metrics: [] };
    const experiment = { id: 'x_alpha', owner: 'local', project: defaultProject, budget: undefined, createdAt: 0 };
    await experiments.insert({ ...experiment, body: { ...body, repeats: 1, concurrency: 1 } }, new Map());
    await server.heddle.parts.tables.commit([
      experiments.write.setState(experiment.id, { from: 'unfinished', to: 'paused' }),
    ]);
    const alerts = server.heddle.parts.alertStore;
    const rule = AlertRule.parse({ name: 'Many', condition: { kind: 'threshold', metric: 'runs', value: 5 } });
    const config = AlertChannelConfig.parse({ kind: 'webhook', name: 'Team', url: 'http://10.1.2.3/in' });
    await server.heddle.parts.tables.commit(
      server.heddle.parts.monitors.write.save({
        id: 'alphas-monitor',
        project: 'default',
        owner: 'local',
        metrics: [],
        setup: MonitorRequest.parse({ name: 'alphas-watch', workflow: workflow.id }),
      }),
    );
    await server.heddle.parts.tables.commit([
      ...alerts.write.save({ id: 'alphas-alert', project: 'default', owner: 'local', rule }),
      ...alerts.write.addChannel({ id: 'alphas-channel', project: 'default', owner: 'local', config }, 'whsec_x'),
    ]);
    const conversations = server.heddle.parts.conversations;
    const talk = await conversations.begin({
      project: defaultProject,
      workflow: workflow.id,
      subject: `user:${owner.id}`,
    });
    await conversations
      .memory(talk.id, 'r')
      .append([{ message: { role: 'user', content: 'Hi' }, label: publicLabel }], { idempotencyKey: 'k' });
    const talks = await conversations.list({ within: [{ project: defaultProject }], limit: 10 });
    ids = {
      conversation: talks.map(({ id }) => id),
      workflow: [workflow.id, workflow.slug],
      run: [runId],
      file: [file.id],
      key: [revoked.key.id],
      job: [job.jobId],
      collection: ['alphas-handbook'],
      dataset: [dataset],
      replay: [replay.id],
      prompt: [prompt.id],
      queue: [queue.id],
      proposal: [proposal.id],
      experiment: [experiment.id],
      alert: ['alphas-alert', 'alphas-channel'],
      monitor: ['alphas-monitor'],
      user: [owner.id],
      project: [defaultProject],
      session: [(await session(owner.id)).session.id],
      share: [channel.id],
      connection: ['alphas-provider'],
      tool: ['alphas-tools'],
    };
    credentials = {
      none: {},
      'bad key': bearer(`hk_${'x'.repeat(43)}`),
      'odd header': { authorization: 'Basic YWRhOmFkYQ==' },
      'bad session': { cookie: `heddle=hs_${'x'.repeat(43)}` },
      'ended session': { cookie: `heddle=${gone.token}` },
      'revoked key': bearer(revoked.secret),
      'expired key': bearer((await keyOf({ expiresAt: 1 })).secret),
      'key without scope': bearer((await keyOf({ permissions: [] })).secret),
      'key of another project': bearer((await keyOf({}, other.id, stranger.id)).secret),
      'key with every right of another project': bearer(
        (await keyOf({ permissions: everyRight }, other.id, stranger.id)).secret,
      ),
      'token of a share': bearer(shareToken),
      'user of another project': { cookie: `heddle=${(await session(stranger.id)).token}`, origin: server.address },
    };
  });
  afterAll(() => server.close());

  /** Whether a body shows no id of the first project, as it must for a caller of another project. */
  const holdsNothing = (body: string): boolean =>
    !Object.values(ids)
      .flat()
      .some((id) => id !== defaultProject && body.includes(`"${id}"`));
  const isOfAnotherProject = (who: string): boolean => who.endsWith('of another project');
  /** Whether a route lists what the caller owns, or what every user may know about the installation. */
  const isOwnList = (path: string): boolean => !path.includes(':');

  const named = (path: string, id: string): string => path.replace(/:\w+/g, encodeURIComponent(id));
  /**
   * The addresses that a caller tries: those of all ids for a known caller, those of a few for one who is refused before anything is looked
   * up.
   */
  const addressesOf = (path: string, who: string, at: number): string[] => {
    const all = [...Object.values(ids).flat(), 'none'];
    if (isLong || !unknown.has(who)) return all.map((id) => named(path, id));
    return ['none', ...all.filter((_, index) => index % oneIn === (at + sampleSeed) % oneIn)].map((id) =>
      named(path, id),
    );
  };

  it('declares the right that it needs', () => {
    expect(routes.filter(({ rule }) => [rule].flat().some((right) => typeof right !== 'string'))).toEqual([]);
    expect(
      routes.filter((route) => route.rule === 'public' && !isOpen(route) && !checkThemselves.test(nameOf(route))),
    ).toEqual([]);
  });

  it.each(routes.filter((route) => !isOpen(route)).map((route) => [nameOf(route), route] as const))(
    'refuses callers without the right: %s',
    async (_name, { method, path, rule }) => {
      const passed: string[] = [];
      for (const [at, [who, headers]] of Object.entries(credentials).entries()) {
        // Users may always read and change their own account.
        if (rule === 'signed-in' && (isOfAnotherProject(who) || who === 'key without scope' || who === 'expired key'))
          continue;
        for (const url of new Set(addressesOf(path, who, at))) {
          const origin = headers['origin'] === undefined ? {} : { origin: 'http://localhost' };
          const { statusCode, payload: body } = await server.app.inject({
            method: method as 'GET',
            url,
            headers: { host: 'localhost', ...headers, ...origin },
            ...(method === 'GET' ? {} : { payload: {} }),
          });
          const mayList = isOfAnotherProject(who) || url === '/v1/models';
          if (statusCode < 400 && !(mayList && isOwnList(path) && holdsNothing(body)))
            passed.push(`${who} ${method} ${url}: ${statusCode}`);
          if (isOfAnotherProject(who) && !holdsNothing(body)) {
            // A refusal may repeat only what the caller named.
            const rest = namedIn(url, path).reduce((text, word) => text.replaceAll(word, ''), body);
            if (statusCode < 400 || !holdsNothing(rest)) passed.push(`${who} ${method} ${url} shows: ${body}`);
          }
        }
      }
      expect(passed).toEqual([]);
    },
  );

  it.each(['watch', 'unwatch'])('refuses them on the socket too: %s', async (event) => {
    for (const [who, headers] of Object.entries(credentials)) {
      const socket = io(`${server.address}/live`, {
        transports: ['websocket'],
        extraHeaders: { ...headers },
        reconnection: false,
      });
      const isConnected = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true));
        socket.once('connect_error', () => resolve(false));
      });
      // A wrong key opens no socket at all.
      if (!isConnected) continue;
      const heard: unknown[] = [];
      socket.on('events', (message: unknown) => heard.push(message));
      const workflow = ids['workflow']?.[0];
      const topics = [
        `run:${ids['run']?.[0]}`,
        `workflow:${workflow}`,
        `triggers:${workflow}`,
        'runs',
        'jobs',
        'models',
        'kill-switches',
      ];
      for (const topic of topics) {
        const answer = await new Promise<{ ok?: boolean }>((resolve) => {
          socket.once('failed', resolve);
          socket.emit(event, { topic }, resolve);
        });
        // A caller of another project watches its own project on the general topics, and may leave any topic.
        const isOwn = isOfAnotherProject(who) && (event === 'unwatch' || !topic.includes(':'));
        if (!isOwn) expect([who, topic, answer.ok]).not.toEqual([who, topic, true]);
        socket.off('failed');
      }
      expect(holdsNothing(JSON.stringify(heard))).toBe(true);
      socket.close();
    }
  });
});
