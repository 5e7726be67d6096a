import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeddleError, type Collections, type ModelHub, type WorkflowDocument } from '@heddle/core';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startModelServer, type TestModelServer } from '../testing/test-model-server.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';
import { openTwoProjects, type Shown, type TwoProjects } from './testing/two-projects.js';

const asking: WorkflowDocument = {
  heddle: 2,
  name: 'Ask far away',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    ask: { type: 'generate', version: 1, config: { model: 'far/one', maxTokens: 10 } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'ask.prompt' },
    { from: 'ask.text', to: 'reply.answer' },
  ],
};
/** The methods of the model hub that a list uses. */
const noModels: Pick<ModelHub, 'list' | 'watch'> = { list: () => Promise.resolve([]), watch: () => () => undefined };
const inputs = { question: 'Well?' };

describe('a resource that is granted to projects', () => {
  let house: TwoProjects;
  let model: TestModelServer;
  let tools: TestToolServer;
  let owner: Shown;
  let editor: Shown;
  let admin: Shown;
  const stored = createFakeCollections();
  let away: HeddleError | undefined;
  const collections: Collections = {
    ...stored,
    list: () => (away === undefined ? stored.list() : Promise.reject(away)),
    survey: async () =>
      away === undefined
        ? stored.survey()
        : { collections: [], stores: ['qdrant'], unreachable: [{ store: 'qdrant', error: away }] },
  };

  beforeAll(async () => {
    [house, model, tools] = await Promise.all([
      openTwoProjects({ collections, models: noModels as ModelHub }),
      startModelServer(['Quite well.']),
      startToolServer(),
    ]);
    admin = house.person({ [house.alpha]: ['owner'] });
    owner = house.person({ [house.beta]: ['owner'] });
    editor = house.person({ [house.beta]: ['editor'] });
    const far = {
      id: 'far',
      kind: 'openai-compatible',
      baseUrl: model.baseUrl,
      models: [{ name: 'one' }],
      clearance: 'confidential',
    };
    expect((await house.call(admin, 'POST', '/api/connections', far)).status).toBe(201);
    const transport = { kind: 'http', url: tools.url, isInside: true };
    expect((await house.call(admin, 'POST', '/api/tools/servers', { id: 'files', transport })).status).toBe(201);
  });
  afterAll(async () => {
    await house.close();
    await model.close();
    await tools.close();
  });
  const grant = (kind: string, id: string, projects: readonly string[], who = admin) =>
    house.call(who, 'PUT', `/api/grants/${kind}/${id}`, { projects });
  const run = async (project: string, document = asking) => {
    const { heddle } = house.server;
    const workflowId = await house.workflow(project, document);
    const { runId } = await heddle.runs.start({ document, workflowId, request: { inputs }, trigger: 'editor' });
    await heddle.runs.settled(runId);
    return heddle.runs.get(runId);
  };

  it('belongs to the first project until it is granted', async () => {
    expect((await run(house.alpha)).status).toBe('done');
    const refused = await run(house.beta);
    expect(refused.error).toMatchObject({ code: 'connection_not_found', message: expect.stringContaining("'far'") });
  });

  it('is answered without a grant exactly like one that does not exist', async () => {
    const named = (id: string): WorkflowDocument => ({
      ...asking,
      nodes: { ...asking.nodes, ask: { type: 'generate', version: 1, config: { model: `${id}/one`, maxTokens: 10 } } },
    });
    const foreign = await run(house.beta);
    const unknown = await run(house.beta, named('nix'));
    expect(foreign.error?.message.replaceAll('far', 'nix')).toBe(unknown.error?.message);
    for (const [path, other] of [
      ['/api/connections/far', '/api/connections/nix'],
      ['/api/tools/servers/files/tools', '/api/tools/servers/nix/tools'],
    ] as const) {
      const hidden = await house.call(editor, 'GET', path);
      const absent = await house.call(editor, 'GET', other);
      expect([path, hidden.status, hidden.body.error.code]).toEqual([path, absent.status, absent.body.error.code]);
    }
  });

  it('is listed for those who may use it, and shows its address only to those who may change it', async () => {
    const connections = '/api/connections';
    const servers = '/api/tools/servers';
    expect((await house.call(editor, 'GET', connections)).body.connections).toEqual([]);
    expect((await house.call(editor, 'GET', servers)).body.servers).toEqual([]);
    await grant('connection', 'far', [house.alpha, house.beta]);
    await grant('tool', 'files', [house.beta]);
    const shown = (await house.call(editor, 'GET', connections)).body.connections;
    expect(shown.map(({ id }: { id: string }) => id)).toEqual(['far']);
    expect((await house.call(editor, 'GET', servers)).body.servers).toMatchObject([{ id: 'files', place: '' }]);
    expect(JSON.stringify([shown, await house.call(editor, 'GET', '/api/connections/far')])).not.toContain(
      model.baseUrl,
    );
    expect((await house.call(admin, 'GET', '/api/connections/far')).body.baseUrl).toContain(model.baseUrl);
    expect((await house.call(admin, 'GET', servers, undefined, house.alpha)).body.servers).toEqual([]);
    // A grant lets a project use it, not change it.
    const change = { ...shown[0], title: 'Mine' };
    expect((await house.call(owner, 'PUT', '/api/connections/far', change)).status).toBe(403);
    expect((await house.call(owner, 'DELETE', '/api/connections/far')).status).toBe(403);
    expect((await run(house.beta)).status).toBe('done');
  });

  it('can be granted only by its owner', async () => {
    for (const who of [owner, editor, house.key(house.beta, { permissions: ['grant:write'] })])
      expect((await grant('connection', 'far', [house.beta], who)).status).toBe(403);
    expect((await house.call(owner, 'GET', '/api/grants')).body.grants.map(({ id }: { id: string }) => id)).toEqual([]);
    expect((await grant('connection', 'far', ['p_none'])).body.error.code).toBe('project_not_found');
    expect((await grant('connection', 'none', [house.beta])).body.error.code).toBe('not_found');
  });

  it('is revoked at once: new runs are refused, and the live versions that break are named', async () => {
    await grant('connection', 'far', [house.alpha, house.beta]);
    const { id, slug } = await house.published(house.beta, { ...asking, name: 'Breaks' });
    const key = house.key(house.beta);
    const call = () => house.call(key, 'POST', `/v1/workflows/${slug}`, inputs);
    expect((await call()).status).toBe(200);
    const { body } = await grant('connection', 'far', [house.alpha]);
    expect(body.breaks).toEqual([{ workflowId: id, slug, name: 'Breaks', project: house.beta, version: 1 }]);
    const refused = await call();
    expect([refused.status, refused.body.code]).toEqual([503, 'grant_missing']);
    expect(JSON.stringify(refused.body)).not.toContain('far');
    const uses = (await house.call(admin, 'GET', '/api/grants/connection/far')).body.uses;
    expect(uses).toContainEqual(expect.objectContaining({ workflowId: id, version: 1 }));
    await grant('connection', 'far', ['*']);
    expect((await call()).status).toBe(200);
  });

  it('cannot be used in a new version without a grant', async () => {
    await grant('connection', 'far', [house.alpha]);
    const id = await house.workflow(house.beta, { ...asking, name: 'Never live' });
    const refused = await house.call(owner, 'POST', `/api/workflows/${id}/publish`, { acceptDataMap: true });
    expect([refused.status < 500, refused.body.error.code]).toEqual([false, 'resource_unavailable']);
    const check = await house.call(editor, 'POST', '/api/compile', { document: asking }, house.beta);
    expect(check.body.issues).toContainEqual(
      expect.objectContaining({ code: 'reference-missing', node: 'ask', message: "There is no connection 'far'." }),
    );
  });

  it('does not pass its grants to a new resource with the same name', async () => {
    const again = { id: 'again', kind: 'openai-compatible', baseUrl: model.baseUrl, models: [{ name: 'one' }] };
    await house.call(admin, 'POST', '/api/connections', again);
    await grant('connection', 'again', [house.beta]);
    await house.call(admin, 'DELETE', '/api/connections/again');
    await house.call(admin, 'POST', '/api/connections', again);
    expect((await house.call(admin, 'GET', '/api/grants/connection/again')).body.projects).toEqual([house.alpha]);
  });

  it('is granted to a new project when its creator copies the grants', async () => {
    await grant('connection', 'far', [house.alpha]);
    const made = await house.call(admin, 'POST', '/api/projects', { name: 'Gamma', grantsFrom: house.alpha });
    const { projects } = (await house.call(admin, 'GET', '/api/grants/connection/far')).body;
    expect(projects).toEqual([house.alpha, made.body.id].sort());
    await house.call(admin, 'DELETE', `/api/projects/${made.body.id}`);
    expect((await house.call(admin, 'GET', '/api/grants/connection/far')).body.projects).toEqual([house.alpha]);
  });

  it('can be a collection, granted by an owner of its project, to be searched and not changed', async () => {
    const make = { name: 'beta-docs', embedding: 'm' };
    house.server.heddle.grants.set('model', 'm', ['*']);
    expect((await house.call(owner, 'POST', '/api/collections', make, house.beta)).status).toBe(201);
    const text = { documents: [{ id: 'a', text: 'a secret of Beta' }] };
    expect((await house.call(owner, 'POST', '/api/collections/beta-docs/documents', text)).status).toBe(202);
    const search = (who: Shown) =>
      house.call(who, 'POST', '/api/collections/beta-docs/search', { query: 'secret', k: 3 });
    const alphas = house.person({ [house.alpha]: ['editor'] });
    expect((await search(alphas)).status).toBe(404);
    // An owner cannot grant to a project that they do not see.
    expect((await grant('collection', 'beta-docs', [house.alpha], owner)).body.error.code).toBe('project_not_found');
    const both = house.person({ [house.alpha]: ['viewer'], [house.beta]: ['owner'] });
    expect((await grant('collection', 'beta-docs', [house.alpha], both)).status).toBe(200);
    expect((await search(alphas)).status).toBe(200);
    for (const [method, path] of [
      ['DELETE', '/api/collections/beta-docs'],
      ['DELETE', '/api/collections/beta-docs/documents?document=a'],
      ['POST', '/api/collections/beta-docs/reingest'],
    ] as const)
      expect([path, (await house.call(alphas, method, path, method === 'POST' ? {} : undefined)).status]).toEqual([
        path,
        403,
      ]);
    await grant('collection', 'beta-docs', [], both);
    expect((await search(alphas)).status).toBe(404);
  });

  it('is listed without the collections of a store that does not answer, and changes of these name the fault', async () => {
    away = new HeddleError('vector_store_unreachable', 'Qdrant does not answer.');
    try {
      const { status, body } = await house.call(admin, 'GET', '/api/grants');
      expect(status).toBe(200);
      expect(body.grants).toContainEqual(expect.objectContaining({ kind: 'connection', id: 'far' }));
      const lender = house.person({ [house.alpha]: ['viewer'], [house.beta]: ['owner'] });
      const lent = await grant('collection', 'beta-docs', [house.alpha], lender);
      expect(lent.body.error).toMatchObject({ code: 'vector_store_unreachable' });
      expect((await grant('connection', 'far', [house.alpha])).status).toBe(200);
    } finally {
      away = undefined;
    }
  });

  it('of another project cannot be called as a model by a key', async () => {
    const key = house.key(house.beta, { permissions: ['model:try'] });
    const body = { model: 'far/one', messages: [{ role: 'user', content: 'Well?' }] };
    await grant('connection', 'far', [house.alpha]);
    expect((await house.call(key, 'POST', '/v1/chat/completions', body)).status).toBe(404);
    await grant('connection', 'far', [house.alpha, house.beta]);
    expect((await house.call(key, 'POST', '/v1/chat/completions', body)).status).toBe(200);
  });
});
