import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newToken } from '@heddle/adapters/identity';
import { RequestMethod } from '@nestjs/common';
import { resumeRun, startRun } from '@heddle/engine';
import { controllers } from '../heddle.module.js';
import { echoDocument } from '../testing/echo-document.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

/** Routes whose successful call writes no audit event of its own, with the reason. */
const unrecorded: Readonly<Record<string, string>> = {
  'POST /api/compile': 'reads',
  'POST /api/workflows/:id/merge': 'reads',
  'POST /api/workflows/:id/publish/check': 'reads',
  'POST /api/experiments/preview': 'reads',
  'POST /api/policies/what-if': 'reads',
  'POST /api/policies/facts': 'reads',
  'POST /api/collections/:name/search': 'reads',
  'POST /api/collections/:name/reindex/compare': 'reads',
  'POST /api/collections/:name/reindex/estimate': 'reads',
  'POST /api/collections/:name/graph/estimate': 'reads',
  'POST /api/datasets/:id/index-comparisons': 'reads',
  'POST /api/auth/setup/check': 'keeps nothing, and uses nothing up',
  'POST /api/auth/totp': 'keeps nothing: the confirmation does',
  'POST /api/files': 'a file does nothing by itself; the run or ingest that takes it is recorded',
  'POST /api/models/:id/load': 'memory only',
  'POST /api/models/:id/unload': 'memory only',
  'POST /v1/embeddings': 'keeps nothing',
  'POST /api/annotation-queues/:id/next': 'claims an item for a time; what is said about it is recorded',
  'POST /mcp': 'a tool call starts a run, which is recorded; the rest reads',
  'DELETE /mcp': 'keeps nothing',
  'POST /oauth/register': 'says what a program is; nothing happens before a person agrees, which is recorded',
  'POST /oauth/token': 'tokens for what a person agreed to, which is recorded',
};

/** Routes whose service writes the audit event in its own transaction; a spec beside the service checks it. */
const recordedElsewhere: Readonly<Record<string, string>> = {
  'POST /api/consents/:id': 'oauth.spec: a key is made',
  'POST /oauth/revoke': 'oauth.spec: a key is revoked',
  'POST /api/cluster/processes/:id/drain': 'cluster.spec: one process has nothing to drain',
  'DELETE /api/cluster/processes/:id/drain': 'cluster.spec',
  'POST /api/auth/totp/confirm': 'account.service',
  'DELETE /api/auth/totp': 'account.service',
  'POST /api/users/:id/link': 'user.service',
  'DELETE /api/runs/:id': 'run-removal.spec',
  'POST /api/runs/:id/restore': 'run-undo.spec',
  'POST /api/runs/:id/cancel': 'the journal: cancel-request',
  'POST /api/runs/:id/human-inputs/:requestId': 'the journal: human-input-end',
  'POST /api/runs/:id/human-inputs/:requestId/continue': 'the journal: human-input-end',
  'POST /api/runs/:id/feedback': 'feedback.spec',
  'DELETE /api/runs/:id/feedback': 'feedback.spec',
  'POST /v1/runs/:id/feedback': 'feedback.spec',
  'DELETE /v1/runs/:id/feedback': 'feedback.spec',
  'POST /api/workflows/:id/tests/run': 'starts runs, which are recorded',
  'POST /v1/chat/completions': 'starts a run, which is recorded',
  'POST /v1/completions': 'starts runs, which are recorded',
  'POST /v1/responses': 'starts a run, which is recorded',
  'POST /v1/responses/:id/cancel': 'the journal: cancel-request',
  'DELETE /v1/responses/:id': 'responses.spec',
  'POST /api/people/forget': 'forget.spec',
  'POST /v1/files': 'a file does nothing by itself; the batch that takes it is recorded',
  'DELETE /v1/files/:id': 'openai-files.spec',
  'POST /v1/batches': 'begins a batch, which is recorded: batches.spec',
  'POST /v1/batches/:id/cancel': 'cancels a batch, which is recorded: batches.spec',
  'POST /v1/moderations': 'starts runs, which are recorded',
  'POST /v1/workflows/:slug/ag-ui': 'starts a run, which is recorded',
  'POST /v1/workflows/:slug/a2a': 'starts and cancels runs, which are recorded',
  'POST /api/conversations/:id/assign': 'conversations.spec',
  'POST /api/conversations/:id/rename': 'conversations.spec',
  'POST /api/facts/:id': 'facts.spec',
  'PUT /api/projects/:id/retention': 'retention-rules.spec',
  'DELETE /v1/facts/:id': 'facts.spec',
  'POST /v1/threads': 'threads.spec',
  'POST /v1/threads/:id': 'threads.spec',
  'DELETE /v1/threads/:id': 'threads.spec',
  'DELETE /v1/share/:token/threads/:thread': 'threads.spec',
  'POST /api/build/tools/:tool': 'proposals.spec: what it makes and changes is recorded by the services of it',
  'POST /api/build/chats': 'build-chat.spec: starts a run, which is recorded, and makes a proposal, which is recorded',
  'POST /api/proposals/:id/accept': 'proposals.spec',
  'POST /api/proposals/:id/reject': 'proposals.spec',
  'POST /mcp/build': 'the same tools as POST /api/build/tools/:tool',
  'DELETE /mcp/build': 'ends a session, which is no change',
  'POST /api/models': 'models.spec',
  'POST /api/node-packages': 'node-packages.process.spec',
  'DELETE /api/node-packages/:name': 'node-packages.process.spec',
  'POST /api/connections/:id/test': 'connections.spec',
  'POST /api/models/:id/try': 'record-trial.spec',
  'POST /api/models/:id/score': 'record-trial.spec',
  'POST /api/models/:id/pull': 'pull-until-done.spec',
  'POST /api/jobs/:id/cancel': 'job.service.spec',
  'POST /api/templates/:id': 'templates.controller.spec',
  'POST /api/evaluators/try': 'evaluator.service.spec: each call of a model',
  'POST /api/evaluators/calibrations': 'evaluators.spec',
  'DELETE /api/evaluators/calibrations/:judge': 'evaluators.spec',
  'POST /api/monitors': 'monitors.spec',
  'PUT /api/monitors/:id': 'monitors.spec',
  'DELETE /api/monitors/:id': 'monitors.spec',
  'POST /api/monitors/:id/pause': 'monitors.spec',
  'POST /api/monitors/:id/resume': 'monitors.spec',
  'POST /api/monitors/:id/reference': 'monitors.spec',
  'POST /api/alerts': 'alerts.spec',
  'PUT /api/alerts/:id': 'alerts.spec',
  'DELETE /api/alerts/:id': 'alerts.spec',
  'POST /api/alerts/:id/silence': 'alerts.spec',
  'POST /api/alert-channels': 'alerts.spec',
  'DELETE /api/alert-channels/:id': 'alerts.spec',
  'POST /api/alert-channels/:id/test': 'alerts.spec',
  'POST /api/datasets': 'datasets.spec',
  'POST /api/workflows/:id/ab': 'ab-http.spec',
  'POST /api/workflows/:id/ab/:test/shares': 'ab-http.spec',
  'POST /api/workflows/:id/ab/:test/promote': 'ab-http.spec',
  'POST /api/workflows/:id/ab/:test/stop': 'ab-http.spec',
  'POST /api/experiments': 'experiments.spec',
  'POST /api/experiments/:id/pause': 'experiments.spec',
  'POST /api/experiments/:id/resume': 'experiments.spec',
  'POST /api/experiments/:id/cancel': 'experiments.spec',
  'POST /api/experiments/:id/again': 'experiments.spec',
  'DELETE /api/experiments/:id': 'experiments.spec',
  'POST /api/experiments/:id/route-trainings': 'route-training.spec',
  'POST /api/experiments/:id/route-trainings/:training/cancel': 'route-training.spec',
  'DELETE /api/experiments/:id/route-trainings/:training': 'route-training.spec',
  'DELETE /api/datasets/:id': 'datasets.spec',
  'POST /api/datasets/:id/import': 'datasets.spec',
  'POST /api/datasets/:id/runs': 'datasets.spec',
  'POST /api/datasets/:id/rows': 'dataset-changes.spec',
  'POST /api/datasets/:id/questions': 'questions.spec',
  'POST /api/datasets/:id/negatives': 'negatives.spec',
  'POST /api/collections/:name/reindex/fill': 'reindex.spec',
  'PUT /api/collections/:name/index-gate': 'reindex.spec',
  'PUT /api/collections/:name/graph': 'graph.spec',
  'POST /api/collections/:name/graph/fill': 'graph.spec',
  'DELETE /api/collections/:name/graph': 'graph.spec',
  'POST /api/collections/:name/graph/merges': 'merges.spec',
  'DELETE /api/collections/:name/graph/merges': 'merges.spec',
  'POST /api/collections/:name/graph/apart': 'merges.spec',
  'PATCH /api/collections/:name/sources/:source': 'sources.spec',
  'POST /api/collections/:name/sources': 'sources.spec',
  'POST /api/collections/:name/sources/:source/sync': 'sources.spec',
  'DELETE /api/collections/:name/sources/:source': 'sources.spec',
  'DELETE /api/collections/:name/index-gate': 'reindex.spec',
  'POST /api/datasets/:id/labs': 'lab.spec',
  'POST /api/datasets/:id/labs/:lab/cancel': 'lab.spec',
  'POST /api/datasets/:id/labs/:lab/resume': 'lab.spec',
  'DELETE /api/datasets/:id/labs/:lab': 'lab.spec',
  'POST /api/datasets/:id/rows/:row/review': 'questions.spec',
  'POST /api/datasets/:id/problems/remove': 'dataset-changes.spec',
  'POST /api/datasets/:id/restore': 'dataset-changes.spec',
  'PUT /api/gate': 'gates.spec',
  'POST /api/workflows/:id/gate/run': 'gates.spec',
  'POST /api/replays': 'replays.spec',
  'POST /api/replays/:id/cancel': 'replays.spec',
  'DELETE /api/replays/:id': 'replays.spec',
  'POST /api/annotation-queues': 'annotations.spec',
  'PATCH /api/annotation-queues/:id': 'annotations.spec',
  'DELETE /api/annotation-queues/:id': 'annotations.spec',
  'POST /api/annotation-queues/:id/items': 'annotations.spec',
  'POST /api/annotation-queues/:id/items/:item/annotation': 'annotations.spec',
  'POST /api/annotation-queues/:id/undo': 'annotations.spec',
  'POST /api/annotation-queues/:id/dataset': 'annotations.spec',
  'POST /api/annotation-queues/:id/calibration': 'annotations.spec',
  'POST /api/prompts': 'prompts.spec',
  'PATCH /api/prompts/:id': 'prompts.spec',
  'DELETE /api/prompts/:id': 'prompts.spec',
  'POST /api/prompts/:id/restore': 'prompts.spec',
  'POST /api/prompts/:id/versions': 'prompts.spec',
  'PUT /api/prompts/:id/labels/:label': 'prompts.spec',
  'DELETE /api/prompts/:id/labels/:label': 'prompts.spec',
  'POST /api/workflows/:id/training-set': 'training.spec',
  'POST /api/workflows/:id/training-consent': 'training.spec',
  'DELETE /api/projects/:id/membership': 'project.service',
  'DELETE /api/users/:id/sessions': 'session.service',
  'DELETE /api/auth/sessions': 'session.service',
  'DELETE /api/auth/sessions/:id': 'session.service',
  'POST /api/auth/sign-in': 'account.service',
  'POST /api/auth/sign-out': 'session.service',
  'POST /api/auth/password': 'account.service',
};
/**
 * Tool servers and channels have services that record each change, and specs that check it; an incoming call begins a run, which is
 * recorded.
 */
const ownSpec =
  /^\w+ \/(?:api\/tools\/|api\/workflows\/:id\/(?:hooks|webhooks|schedules|shares|batches)(?:\/|$)|v1\/(?:hooks|share)\/)/;

function routesOf(controller: (typeof controllers)[number]): string[] {
  const prefix = String(Reflect.getMetadata('path', controller) ?? '');
  return Object.getOwnPropertyNames(controller.prototype).flatMap((key) => {
    const handler: unknown = Reflect.get(controller.prototype as object, key);
    if (key === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) return [];
    const method = RequestMethod[Number(Reflect.getMetadata('method', handler))] ?? 'GET';
    const methods = method === 'ALL' ? ['POST', 'DELETE'] : [method];
    const paths = [Reflect.getMetadata('path', handler) as string | readonly string[]].flat(); // Nest writes this metadata.
    return methods
      .filter((one) => one !== 'GET')
      .flatMap((one) =>
        paths.map((path) => `${one} ${`/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')}`),
      );
  });
}

const routes = controllers.flatMap(routesOf);

describe('every route that changes something', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      withStoredJournal: true,
      withStandardNodes: true,
      collections: createFakeCollections(),
      engine: { startRun, resumeRun },
    });
  });
  afterAll(() => server.close());

  /** The examples call each route successfully; they depend on each other, in this order. */
  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    server.call(method, path, body, headers);
  const examples: Readonly<Record<string, () => Promise<{ readonly status: number; readonly body: unknown }>>> = {
    'POST /api/workflows': () => call('POST', '/api/workflows', { document: echoDocument(), slug: 'echo' }),
    'PUT /api/workflows/:id': () =>
      call('PUT', '/api/workflows/echo', { document: echoDocument() }, { 'if-match': '*' }),
    'PUT /api/workflows/:id/tests': () => call('PUT', '/api/workflows/echo/tests', { content: '' }),
    'POST /api/workflows/:id/publish': () => call('POST', '/api/workflows/echo/publish', { acceptDataMap: true }),
    'POST /api/workflows/:id/live': () => call('POST', '/api/workflows/echo/live', { live: { version: 1 } }),
    'POST /v1/workflows/:slug': () => call('POST', '/v1/workflows/echo', { question: 'hi' }),
    'POST /api/workflows/:id/runs': () => call('POST', '/api/workflows/echo/runs', { inputs: { question: 'hi' } }),
    'POST /api/runs': () => call('POST', '/api/runs?wait=1', { document: echoDocument(), inputs: { question: 'hi' } }),
    'POST /api/runs/:id/rerun': () => call('POST', `/api/runs/${lastRun()}/rerun`, {}),
    'POST /api/runs/:id/resume': async () => {
      const { runId } = await server.heddle.runs.start({
        document: echoDocument(),
        request: { inputs: { question: 'x' } },
        trigger: 'api',
      });
      await server.heddle.runs.cancel(runId).catch(() => undefined);
      const { status } = await server.heddle.runs.settled(runId);
      return status === 'done'
        ? call('POST', `/api/runs/${runId}/rerun`, {})
        : call('POST', `/api/runs/${runId}/resume`);
    },
    'DELETE /api/conversations': () => call('DELETE', '/api/conversations?subject=none'),
    'DELETE /api/conversations/:id': async () => call('DELETE', `/api/conversations/${await conversation()}`),
    'DELETE /api/facts': () => call('DELETE', '/api/facts?subject=none'),
    'DELETE /api/facts/:id': async () => call('DELETE', `/api/facts/${await fact()}`),
    'POST /api/facts/:id/restore': async () => {
      const id = await fact();
      await call('DELETE', `/api/facts/${id}?undo=true`);
      return call('POST', `/api/facts/${id}/restore`);
    },
    'DELETE /api/caches': () => call('DELETE', '/api/caches?workflow=w'),
    'POST /api/conversations/:id/restore': async () => {
      const id = await conversation();
      await call('DELETE', `/api/conversations/${id}?undo=true`);
      return call('POST', `/api/conversations/${id}/restore`);
    },
    'POST /api/workflows/:id/restore': async () => {
      const { id } = await server.heddle.workflows.create(echoDocument(), 'restored');
      await call('DELETE', `/api/workflows/${id}?undo=true`);
      return call('POST', `/api/workflows/${id}/restore`);
    },
    'DELETE /api/workflows/:id': () => call('DELETE', '/api/workflows/echo'),
    'POST /api/collections': () => call('POST', '/api/collections', { name: 'books', embedding: 'e' }),
    'POST /api/collections/:name/documents': () =>
      call('POST', '/api/collections/books/documents', { documents: [{ id: 'a', text: 'A text.' }] }),
    'POST /api/collections/:name/reingest': () => call('POST', '/api/collections/books/reingest', {}),
    'DELETE /api/collections/:name/documents': async () => {
      const collection = await (await server.heddle.parts.collections.get()).open('books');
      await collection.ingest([{ id: 'b', content: 'B' }]);
      return call('DELETE', '/api/collections/books/documents?document=b');
    },
    'POST /api/collections/:name/reindex': () => call('POST', '/api/collections/books/reindex', {}),
    'POST /api/collections/:name/reindex/switch': () => call('POST', '/api/collections/books/reindex/switch', {}),
    'POST /api/collections/:name/reindex/back': () => call('POST', '/api/collections/books/reindex/back', {}),
    'DELETE /api/collections/:name/reindex': () => call('DELETE', '/api/collections/books/reindex?which=next'),
    'PUT /api/collections/:name/relevance': () =>
      call('PUT', '/api/collections/books/relevance', { setting: { mode: 'off' } }),
    'PUT /api/collections/:name/search-settings': () =>
      call('PUT', '/api/collections/books/search-settings', { settings: { mode: 'dense' } }),
    'POST /api/collections/:name/relevance/calibrate': () => call('POST', '/api/collections/books/relevance/calibrate'),
    'PUT /api/collections/:name/documents/:id/readers': async () => {
      const collection = await (await server.heddle.parts.collections.get()).open('books');
      await collection.ingest([{ id: 'r', content: 'Text' }]);
      return call('PUT', '/api/collections/books/documents/r/readers', { readers: [] });
    },
    'PUT /api/collections/:name/reader-rules': () =>
      call('PUT', '/api/collections/books/reader-rules', { rules: [{ field: 'team', kind: 'group' }] }),
    'PATCH /api/collections/:name': () => call('PATCH', '/api/collections/books', { title: 'Books' }),
    'POST /api/collections/:name/documents/restore': async () => {
      const collection = await (await server.heddle.parts.collections.get()).open('books');
      await collection.ingest([{ id: 'c', content: 'C' }]);
      await call('DELETE', '/api/collections/books/documents?document=c&undo=true');
      return call('POST', '/api/collections/books/documents/restore?document=c');
    },
    'POST /api/collections/:name/restore': async () => {
      await call('DELETE', '/api/collections/books?undo=true');
      return call('POST', '/api/collections/books/restore');
    },
    'DELETE /api/collections/:name': () => call('DELETE', '/api/collections/books'),
    'POST /api/connections': () => call('POST', '/api/connections', { id: 'mine', kind: 'openai' }),
    'PUT /api/connections/:id': () => call('PUT', '/api/connections/mine', { id: 'mine', kind: 'anthropic' }),
    'PUT /api/connections/:id/key': () => call('PUT', '/api/connections/mine/key', { value: 'k' }),
    'DELETE /api/connections/:id/key': () => call('DELETE', '/api/connections/mine/key'),
    'DELETE /api/connections/:id': () => call('DELETE', '/api/connections/mine'),
    'PUT /api/secrets/:name': () => call('PUT', '/api/secrets/crm', { value: 'v' }),
    'DELETE /api/secrets/:name': () => call('DELETE', '/api/secrets/crm'),
    'PUT /api/policies/:name': () => call('PUT', '/api/policies/cheap', { candidates: [{ model: 'm' }] }),
    'DELETE /api/policies/:name': () => call('DELETE', '/api/policies/cheap'),
    'PUT /api/budgets/:id': () => call('PUT', '/api/budgets/month', { scope: { kind: 'all' }, limits: { calls: 9 } }),
    'DELETE /api/budgets/:id': () => call('DELETE', '/api/budgets/month'),
    'PUT /api/kill-switches/:target': () => call('PUT', '/api/kill-switches/tool:mail', { reason: 'It spams.' }),
    'POST /api/clock/confirm': () => call('POST', '/api/clock/confirm'),
    'DELETE /api/audit/content': () => call('DELETE', '/api/audit/content?level=restricted'),
    'DELETE /api/kill-switches/:target': () => call('DELETE', '/api/kill-switches/tool:mail'),
    'POST /api/projects': () => call('POST', '/api/projects', { name: 'Shop' }),
    'PATCH /api/projects/:id': () => call('PATCH', '/api/projects/default', { name: 'First' }),
    'DELETE /api/projects/:id': async () => {
      const project = await server.heddle.parts.identity.projects.create('Empty');
      return call('DELETE', `/api/projects/${project.id}`);
    },
    'POST /api/projects/:id/archive': async () => call('POST', `/api/projects/${await project()}/archive`),
    'DELETE /api/projects/:id/archive': async () => call('DELETE', `/api/projects/${await project()}/archive`),
    'POST /api/services': () => call('POST', '/api/services', { name: 'Deploy' }),
    'PUT /api/projects/:id/members/:member': async () =>
      call('PUT', `/api/projects/default/members/service:${await service()}`, { roles: ['viewer'] }),
    'POST /api/groups': () => call('POST', '/api/groups', { name: 'Legal' }),
    'PATCH /api/groups/:id': async () => call('PATCH', `/api/groups/${await group()}`, { name: 'Law' }),
    'PUT /api/groups/:id/members/:member': async () =>
      call('PUT', `/api/groups/${await group()}/members/oidc-group:law`),
    'DELETE /api/groups/:id/members/:member': async () =>
      call('DELETE', `/api/groups/${await group()}/members/oidc-group:law`),
    'DELETE /api/groups/:id': async () => call('DELETE', `/api/groups/${await group()}`),
    'POST /api/keys': () => call('POST', '/api/keys', { name: 'k' }),
    'PATCH /api/keys/:id': async () =>
      call('PATCH', `/api/keys/${(await server.heddle.keys.list())[0]?.id}`, {
        scopes: { permissions: ['run:draft'] },
      }),
    'PUT /api/grants/:kind/:id': async () => {
      await call('POST', '/api/connections', { id: 'shared', kind: 'openai' });
      return call('PUT', '/api/grants/connection/shared', { projects: ['*'] });
    },
    'DELETE /api/keys/:id': async () => call('DELETE', `/api/keys/${(await server.heddle.keys.list())[0]?.id}`),
    'DELETE /api/services/:id': async () => call('DELETE', `/api/services/${await service()}`),
    'POST /api/auth/setup': async () => {
      const token = (await server.heddle.accounts.ownerLink()) ?? newToken('hl');
      return call('POST', '/api/auth/setup', { token, email: 'ada@example.org', password: 'correct horse battery' });
    },
    'PATCH /api/users/:id': async () =>
      call('PATCH', `/api/users/${(await server.heddle.users.list())[0]?.id}`, { roles: ['owner', 'auditor'] }),
    'POST /api/users': () => call('POST', '/api/users', { email: 'bob@example.org', name: 'Bob' }),
  };
  let runs: readonly { readonly runId: string }[] = [];
  const lastRun = (): string => runs[0]?.runId ?? '';
  const group = async (): Promise<string> => (await server.heddle.groups.list())[0]?.id ?? '';
  const conversation = async (): Promise<string> => {
    const { conversations } = server.heddle.parts;
    const label = { level: 'internal', marks: [] } as const;
    const { id } = await conversations.begin({ project: 'default', workflow: 'w', subject: 'local' });
    await conversations
      .memory(id, 'r')
      .append([{ message: { role: 'user', content: 'Hi' }, label }], { idempotencyKey: 'k' });
    return id;
  };
  const fact = async (): Promise<string> => {
    const { facts } = server.heddle.parts;
    const label = { level: 'internal', marks: [] } as const;
    const own = facts.of({ project: 'default', workflow: 'w', subject: 'local' }, { run: 'r' });
    await own.remember([{ key: 'k', text: 'Hi', label }], { idempotencyKey: String(Math.random()) });
    return (await facts.list({ within: [{ project: 'default' }], limit: 1 }))[0]?.id ?? '';
  };
  const project = async (): Promise<string> =>
    (await server.heddle.parts.identity.projects.list()).find(({ id }) => id !== 'default')?.id ?? '';
  const service = async (): Promise<string> => (await server.heddle.projects.services())[0]?.id ?? '';

  it('has an example here, or a reason why it has none', () => {
    const left = routes.filter(
      (name) => !(name in examples) && !(name in unrecorded) && !(name in recordedElsewhere) && !ownSpec.test(name),
    );
    // A new route fails here: let its service write an event, and name the route above.
    expect(left).toEqual([]);
    const known = new Set(routes);
    expect([unrecorded, recordedElsewhere, examples].flatMap(Object.keys).filter((name) => !known.has(name))).toEqual(
      [],
    );
  });

  it.each(Object.keys(examples))('writes an audit event with its change: %s', async (name) => {
    runs = await server.heddle.runs.list({ limit: 1 });
    const before = (await server.heddle.audit.head()).number;
    const reply = await examples[name]?.();
    expect([reply?.status, reply?.body]).toEqual([expect.any(Number), reply?.body]);
    expect(reply?.status).toBeLessThan(400);
    const after = (await server.heddle.audit.head()).number;
    const written = await server.heddle.audit.list({ limit: Math.max(1, after - before) });
    expect(after).toBeGreaterThan(before);
    expect(JSON.stringify(written)).not.toMatch(/undefined|"\?"|:\?"/);
  });

  it('writes no audit event when it fails', async () => {
    const before = (await server.heddle.audit.head()).number;
    const headers = { authorization: `Bearer ${server.heddle.accounts.commandToken}` };
    for (const [method, path, body] of [
      ['POST', '/api/connections', { id: 'no address', kind: 'openai' }],
      ['POST', '/api/connections', { id: 'mine', kind: 'azure-openai' }],
      ['DELETE', '/api/connections/none', undefined],
      ['DELETE', '/api/policies/none', undefined],
      ['POST', '/api/workflows', { document: { heddle: 99 } }],
      ['POST', '/api/workflows/none/publish', {}],
      ['POST', '/api/keys', { name: '' }],
      ['DELETE', '/api/keys/none', undefined],
    ] as const)
      expect((await server.call(method, path, body, headers)).status).toBeGreaterThanOrEqual(400);
    expect((await server.heddle.audit.head()).number).toBe(before);
  });
});
