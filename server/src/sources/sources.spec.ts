import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createSafeFetch } from '@heddle/adapters/fetch';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import { sourceConnectors } from '@heddle/adapters/sources';
import { labelOf, SourceReply, type DocumentInfo, type ModelHub } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer, createMemorySource, MemoryWorld } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { TestReply } from '../testing/test-server.js';

describe('sources of a collection', () => {
  const base = mkdtempSync(join(tmpdir(), 'heddle-sources-'));
  const docs = join(base, 'docs');
  const hidden = join(base, 'hidden');
  const parser = createDocuments();
  const store = createEmbeddedStore({ file: join(base, 'collections.db') });
  let house: TwoProjects;
  let owner: Shown & { readonly id: string };
  let editor: Shown;
  let world: MemoryWorld;
  let collection = 'none';
  let made = 0;

  beforeAll(async () => {
    mkdirSync(docs);
    mkdirSync(hidden);
    writeFileSync(join(hidden, 'salaries.md'), 'hidden salaries');
    const embedder = async (id: string) => createFakeEmbedder({ id });
    const tokenizer = async () => createFakeTokenizer();
    const memory = createMemorySource(new MemoryWorld());
    house = await openTwoProjects({
      collections: createCollections({ embedded: store, documents: parser, embedder, tokenizer }),
      models: { embedder } as unknown as ModelHub,
      fetch: createSafeFetch(),
      // Each test has a new world in memory.
      sourceConnectors: [
        ...sourceConnectors,
        { ...memory, changes: (request) => createMemorySource(world).changes(request as never) },
        {
          ...createMemorySource(new MemoryWorld()),
          kind: 'signed',
          title: 'Signed',
          capabilities: { ...memory.capabilities, secret: 'required' },
        },
      ],
      settings: { HEDDLE_FILES: `${docs},${hidden}` },
    });
    const { alpha, beta, server } = house;
    owner = house.person({ [alpha]: ['owner'], [beta]: ['owner'] });
    editor = house.person({ [alpha]: ['editor'] });
    for (const [path, project] of [
      [docs, alpha],
      [hidden, beta],
    ] as const)
      server.heddle.grants.set('folder', path, [project]);
  });
  beforeEach(async () => {
    world = new MemoryWorld();
    collection = `notes-${(made += 1)}`;
    rmSync(docs, { recursive: true, force: true });
    mkdirSync(docs);
    await house.server.heddle.collections.create({ name: collection, embedding: 'fake', label: 'confidential' });
    house.server.heddle.ownership.assign('collection', collection, house.alpha);
  });
  afterAll(async () => {
    await house.close();
    await parser.close();
    await store.close();
    rmSync(base, { recursive: true, force: true });
  });

  const call = (
    method: string,
    path = '',
    body?: object,
    who: Shown = owner,
    project = house.alpha,
  ): Promise<TestReply> => house.call(who, method, `/api/collections/${collection}/sources${path}`, body, project);
  const write = (name: string, text: string): void => writeFileSync(join(docs, name), text);
  const folder = { id: 'docs', kind: 'folder', title: 'Docs', config: { path: 'docs' } };
  const state = async (id = 'docs'): Promise<SourceReply> => SourceReply.parse((await call('GET', `/${id}`)).body);
  /** Waits until no job of the source runs. */
  const settled = async (id = 'docs'): Promise<SourceReply> => {
    for (;;) {
      const found = await state(id);
      if (found.state?.job === undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const create = async (more: object = {}): Promise<SourceReply> => {
    const reply = await call('POST', '', { ...folder, ...more });
    expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
    return settled(String(reply.body['id']));
  };
  const sync = async (body: object = {}, id = 'docs'): Promise<SourceReply> => {
    const reply = await call('POST', `/${id}/sync`, body);
    expect([reply.status, reply.body]).toEqual([202, { jobId: expect.any(String) }]);
    return settled(id);
  };
  const stored = async (): Promise<readonly DocumentInfo[]> =>
    (await house.call(owner, 'GET', `/api/collections/${collection}/documents`, undefined, house.alpha)).body[
      'documents'
    ] as DocumentInfo[];
  const ids = async (): Promise<readonly string[]> => (await stored()).map(({ id }) => id);
  const originals = (): number =>
    readdirSync(join(house.server.heddle.settings.dataFolder, 'originals', collection)).filter((name) =>
      name.endsWith('.json'),
    ).length;
  const steps = async (): Promise<readonly unknown[]> => {
    const { body } = await house.call(owner, 'GET', `/api/audit?limit=100&subject=collection:${collection}`);
    return (body['records'] as { readonly details: { readonly step: string } }[]).map(({ details }) => details.step);
  };

  it('are synced when they are created, and again: new, changed and deleted files, with their parts and originals', async () => {
    write('a.md', 'The first page.');
    write('rows.jsonl', '{"id":"1","text":"row one"}\n{"id":"2","text":"row two"}\n');
    const { state: first } = await create();
    expect(first).toMatchObject({
      documents: 2,
      failures: 0,
      counts: { named: 2, stored: 2 },
      syncedAt: expect.any(Number),
    });
    expect(await ids()).toEqual(['docs:a.md', 'docs:rows.jsonl#1', 'docs:rows.jsonl#2']);

    const { state: same } = await sync();
    expect(same).toMatchObject({
      counts: { named: 2, stored: 0, unchanged: 2, removed: 0 },
      changedAt: first.changedAt,
    });

    write('rows.jsonl', '{"id":"2","text":"row two"}\n{"id":"3","text":"row three"}\n');
    write('b.md', 'The second page.');
    rmSync(join(docs, 'a.md'));
    await sync();
    expect(await ids()).toEqual(['docs:b.md', 'docs:rows.jsonl#2', 'docs:rows.jsonl#3']);
    expect(originals()).toBe(2);
    rmSync(join(docs, 'rows.jsonl'));
    await sync();
    expect([await ids(), originals()]).toEqual([['docs:b.md'], 1]);
    expect(await steps()).toEqual(expect.arrayContaining(['source made', 'source sync asked for', 'source synced']));
  });

  it('give documents their label and readers, which follow a change of the source', async () => {
    write('a.md', 'A page.');
    await create({ label: 'confidential', readers: ['oidc-group:one'] });
    expect(await stored()).toMatchObject([
      {
        label: labelOf('confidential'),
        readers: ['oidc-group:one'],
        metadata: { connector: 'folder', syncedFrom: 'docs' },
      },
    ]);
    await call('PATCH', '/docs', { readers: ['oidc-group:two'], label: 'internal' });
    await settled();
    expect(await stored()).toMatchObject([{ label: labelOf('internal'), readers: ['oidc-group:two'] }]);
    await call('PATCH', '/docs', { readers: null, label: null });
    await settled();
    expect(await steps()).toContain('source changed');
    const [document] = await stored();
    expect([document?.label, document?.readers]).toEqual([undefined, undefined]);
  });

  it('take the readers of a document from the source, and follow a change of them', async () => {
    world.write('a', 'text a');
    world.write('b', 'text b');
    world.setReaders('a', ['oidc-group:one', 'not a reader']);
    await create({ id: 'mem', kind: 'memory', config: {}, readers: ['oidc-group:usual'] });
    const lists = async () => Object.fromEntries((await stored()).map(({ title, readers }) => [title, readers]));
    expect(await lists()).toEqual({ a: ['oidc-group:one'], b: ['oidc-group:usual'] });
    world.setReaders('a', []);
    await sync({}, 'mem');
    expect(await lists()).toEqual({ a: [], b: ['oidc-group:usual'] });
  });

  it('take readers of a row, by id or address, which follow the row without importing it again', async () => {
    const { id } = owner;
    const { email } = await house.server.heddle.parts.identity.users.get(id.slice(id.indexOf(':') + 1));
    const database = new Database(join(docs, 'rows.db'));
    database.exec(
      "CREATE TABLE docs (id TEXT, text TEXT, who TEXT); INSERT INTO docs VALUES ('a', 'The robin sings.', NULL)",
    );
    const who = (list: string | null): unknown => database.prepare('UPDATE docs SET who = ?').run(list);
    const found = async (): Promise<number> => {
      const request = { query: 'robin', mode: 'lexical', k: 5 };
      const { body } = await house.call(owner, 'POST', `/api/collections/${collection}/search`, request, house.alpha);
      return (body['results'] as unknown[]).length;
    };
    const config = { database: 'docs/rows.db', query: 'SELECT * FROM docs', readersColumn: 'who' };
    await create({ id: 'rows', kind: 'sql', config });
    const updatedAt = (await stored())[0]?.updatedAt;
    expect(await found()).toBe(1);
    const { body: group } = await house.call(owner, 'POST', '/api/groups', { name: `rows ${made}` });
    await house.call(owner, 'PUT', `/api/groups/${String(group['id'])}/members/${encodeURIComponent(`user:${email}`)}`);
    for (const [list, count] of [
      ['[]', 0],
      [`user:${email.toUpperCase()}`, 1],
      ['user:other@example.org', 0],
      [`group:${String(group['id'])}`, 1],
      [`group:rows ${made}`, 0],
      [`local, user:${id}`, 1],
      ['not a reader', 0],
      [null, 1],
    ] as const) {
      who(list);
      const { state: after } = await sync({}, 'rows');
      expect([list, await found(), after.failures]).toEqual([list, count, list === 'not a reader' ? 1 : 0]);
    }
    // Nothing was imported again.
    expect((await stored())[0]?.updatedAt).toBe(updatedAt);
    database.close();
  });

  it('keep the error of one document and sync the others, until it is solved', async () => {
    write('good.md', 'A good page.');
    write('broken.pdf', '%PDF-1.7 broken');
    write('empty.md', '');
    const { state: first } = await create();
    expect(first).toMatchObject({ documents: 3, failures: 2, counts: { stored: 1, failed: 2 } });
    const { body } = await call('GET', '/docs/failures?limit=1');
    expect(body).toEqual({
      failures: [
        {
          id: 'broken.pdf',
          code: expect.stringMatching(/^document_/),
          message: expect.any(String),
          at: expect.any(Number),
        },
      ],
    });
    expect((await call('GET', '/docs/failures?after=broken.pdf')).body['failures']).toMatchObject([{ id: 'empty.md' }]);
    write('broken.pdf', 'Not broken any more.');
    write('empty.md', 'Not empty any more.');
    expect((await sync()).state).toMatchObject({ failures: 0, counts: { stored: 2, unchanged: 1 } });
  });

  it('report why a sync failed, and remove nothing until an empty source is allowed', async () => {
    write('a.md', 'A page.');
    await create();
    rmSync(docs, { recursive: true });
    expect((await sync()).state.error).toMatchObject({ code: 'forbidden', message: expect.any(String) });
    const { body: health } = await house.call(owner, 'GET', '/api/health');
    expect(health['failingSources']).toContainEqual({ collection, source: 'docs', code: 'forbidden' });
    mkdirSync(docs);
    expect((await sync()).state.error).toMatchObject({ code: 'source_empty' });
    expect(await ids()).toEqual(['docs:a.md']);
    const { state: emptied } = await sync({ mayEmpty: true });
    expect([emptied.error, await ids()]).toEqual([undefined, []]);
    expect((await steps()).filter((step) => step === 'source sync failed')).toHaveLength(2);
  });

  it('can be paused and continued', async () => {
    write('a.md', 'A page.');
    await create({ isPaused: true });
    expect(await ids()).toEqual([]);
    expect(await call('POST', '/docs/sync')).toMatchObject({ status: 409, body: { error: { code: 'source_paused' } } });
    await call('PATCH', '/docs', { isPaused: false });
    await settled();
    expect(await ids()).toEqual(['docs:a.md']);
  });

  it('are synced at the times of their schedule, and not while they are paused or their project is archived', async () => {
    const { sourceScheduler, parts } = house.server.heddle;
    write('a.md', 'A page.');
    const schedule = { cron: '* * * * * *' };
    await create({ schedule });
    await create({ id: 'resting', isPaused: true, schedule });
    await create({ id: 'archived', schedule });
    const gamma = (await parts.identity.projects.create('Gamma')).id;
    const archived = await parts.sources.find({ collection, id: 'archived' });
    if (archived === undefined) throw new Error('There is no source.');
    const { source, revision } = archived;
    await parts.tables.commit([
      ...parts.sources.write.replace({ ...source, project: gamma }, { isAnew: false, revision }),
      ...[parts.identity.projects.write.setArchived(gamma, 1)].flat(),
    ]);
    write('b.md', 'Another page.');
    sourceScheduler.start();
    try {
      while (!(await ids()).includes('docs:b.md')) await new Promise((resolve) => setTimeout(resolve, 20));
      // The next time of the schedule has passed.
      write('c.md', 'A third page.');
      while (!(await ids()).includes('docs:c.md')) await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await sourceScheduler.stop();
    }
    expect((await ids()).filter((id) => !id.startsWith('docs:'))).toEqual(['archived:a.md']);
    expect((await state()).state.nextAt).toBeGreaterThan(0);
  });

  it('are synced at the next time of their schedule after a sync failed, and their error is gone', async () => {
    const { sourceScheduler } = house.server.heddle;
    write('a.md', 'A page.');
    await create({ schedule: { cron: '* * * * * *' } });
    rmSync(docs, { recursive: true });
    sourceScheduler.start();
    try {
      while ((await state()).state.error?.code !== 'forbidden') await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await ids()).toEqual(['docs:a.md']);
      // The folder appears with its file, so that no sync finds it empty.
      const next = join(base, 'next');
      mkdirSync(next);
      writeFileSync(join(next, 'b.md'), 'Another page.');
      renameSync(next, docs);
      while ((await state()).state.error !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await ids()).toEqual(['docs:b.md']);
    } finally {
      await sourceScheduler.stop();
    }
    expect((await steps()).filter((step) => step === 'source sync failed')).toHaveLength(1);
  });

  it('are deleted, with their documents or without', async () => {
    write('a.md', 'A page.');
    await create();
    await create({ id: 'two' });
    expect((await call('DELETE', '/docs')).body).toEqual({});
    expect(await ids()).toEqual(['docs:a.md', 'two:a.md']);
    const { body } = await call('DELETE', '/two?documents=remove');
    expect(body).toEqual({ jobId: expect.any(String) });
    while ((await call('GET', '/two')).status === 200) await new Promise((resolve) => setTimeout(resolve, 10));
    expect([await ids(), originals()]).toEqual([['docs:a.md'], 1]);
    expect((await call('GET')).body).toEqual({ sources: [] });
    expect(await steps()).toEqual(expect.arrayContaining(['source removed']));
  });

  it('are deleted with their collection', async () => {
    write('a.md', 'A page.');
    await create();
    await house.call(owner, 'DELETE', `/api/collections/${collection}`, undefined, house.alpha);
    expect(await house.server.heddle.parts.sources.list(collection)).toEqual([]);
    await house.server.heddle.collections.create({ name: collection, embedding: 'fake' });
    house.server.heddle.ownership.assign('collection', collection, house.alpha);
    expect((await call('GET')).body).toEqual({ sources: [] });
  });

  it.each<[string, object, number, string]>([
    ['an unknown kind', { kind: 'gopher' }, 422, 'source_invalid'],
    ['a configuration that does not fit', { config: { path: 7 } }, 422, 'source_invalid'],
    ['an unknown member', { config: { path: 'docs', password: 'x' } }, 422, 'source_invalid'],
    ['a secret that the kind does not take', { secret: 'key' }, 422, 'source_invalid'],
    ['no secret where the kind needs one', { kind: 'signed', config: {} }, 422, 'source_invalid'],
    ['a secret that does not exist', { kind: 'signed', config: {}, secret: 'none' }, 404, 'secret_not_found'],
    ['a label above the collection', { label: 'restricted' }, 403, 'label_refused'],
    ['a schedule that cannot be read', { schedule: { cron: 'often' } }, 422, 'schedule_invalid'],
    ['an id that is no id', { id: '../x' }, 400, 'bad_request'],
    ['readers that do not exist', { readers: ['user:nobody@example.org'] }, 400, 'bad_request'],
  ])('refuse %s', async (_, more, status, code) => {
    expect(await call('POST', '', { ...folder, ...more })).toMatchObject({ status, body: { error: { code } } });
    expect((await call('GET')).body).toEqual({ sources: [] });
  });

  it('have unique names, and one sync at a time', async () => {
    await create();
    expect(await call('POST', '', folder)).toMatchObject({ status: 409, body: { error: { code: 'source_exists' } } });
    for (let index = 0; index < 50; index += 1) write(`n${index}.md`, `Page ${index}.`);
    const replies = await Promise.all(Array.from({ length: 8 }, () => call('POST', '/docs/sync')));
    expect(new Set(replies.map(({ body }) => String(body['jobId']))).size).toBe(1);
    expect((await settled()).state.documents).toBe(50);
  });

  it('read no folder without a grant to their project, and no address inside the network', async () => {
    for (const path of ['hidden', hidden, `${docs}/../hidden`, '/etc'])
      expect((await create({ id: `f${made}${path.length}`, config: { path } })).state.error?.code).toBe('forbidden');
    for (const url of ['http://127.0.0.1:9/', 'http://169.254.169.254/latest', 'http://localhost/', 'http://10.0.0.1/'])
      expect((await create({ id: `w${url.length}`, kind: 'web', config: { start: [url] } })).state.error?.code).toBe(
        'fetch_blocked',
      );
    expect(await ids()).toEqual([]);
  });

  it('are hidden from people who may not change the collection, and from other projects', async () => {
    write('a.md', 'A page.');
    await create();
    const { alpha, beta } = house;
    const strangers: readonly [Shown, number][] = [
      [house.person({ [beta]: ['owner'] }), 404],
      [house.key(beta), 404],
      [house.person({ [alpha]: ['runner'] }), 403],
      [house.person({ [alpha]: ['viewer'] }), 403],
      [house.key(alpha, { permissions: ['collection:read'] }), 403],
      [{}, 401],
    ];
    const routes: readonly [string, string, object?][] = [
      ['GET', ''],
      ['POST', '', { ...folder, id: 'other' }],
      ['GET', '/docs'],
      ['PATCH', '/docs', { isPaused: true }],
      ['POST', '/docs/sync', {}],
      ['GET', '/docs/failures'],
      ['DELETE', '/docs?documents=remove'],
    ];
    for (const [who, status] of strangers)
      for (const [method, path, body] of routes) {
        const reply = await house.call(who, method, `/api/collections/${collection}/sources${path}`, body);
        expect([method, path, reply.status]).toEqual([method, path, status]);
        expect(JSON.stringify(reply.body)).not.toContain('a.md');
      }
    expect((await state()).isPaused).toBe(false);
    // The job of a sync belongs to the project of the collection, too.
    const { jobId } = (await call('POST', '/docs/sync')).body as { readonly jobId: string };
    for (const [who, status] of strangers.slice(0, 2))
      for (const [method, path] of [
        ['GET', `/api/jobs/${jobId}`],
        ['POST', `/api/jobs/${jobId}/cancel`],
      ] as const)
        expect([method, (await house.call(who, method, path)).status]).toEqual([method, status]);
    const { body } = await house.call(house.person({ [beta]: ['owner'] }), 'GET', '/api/jobs');
    expect(JSON.stringify(body)).not.toContain(jobId);
    expect((await house.call(owner, 'GET', `/api/jobs/${jobId}`)).status).toBe(200);
  });

  it('can be created by editors, while only owners set the readers', async () => {
    write('a.md', 'A page.');
    expect((await call('POST', '', folder, editor)).status).toBe(201);
    await settled();
    for (const readers of [null, [], ['oidc-group:one']]) {
      expect(await call('PATCH', '/docs', { readers }, editor)).toMatchObject({
        status: 403,
        body: { error: { code: 'forbidden' } },
      });
      expect((await call('POST', '', { ...folder, id: 'two', readers }, editor)).status).toBe(403);
    }
    expect((await call('PATCH', '/docs', { title: 'New title' }, editor)).body).toMatchObject({ title: 'New title' });
  });

  it('describe their kinds with a schema for forms', async () => {
    const { body } = await house.call(owner, 'GET', '/api/sources/kinds');
    const kinds = body['kinds'] as { readonly kind: string; readonly config: { readonly type: string } }[];
    expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['folder', 'web', 'feed']));
    expect(kinds.every(({ config }) => config.type === 'object')).toBe(true);
  });

  it('leave nothing on disk after they are deleted', async () => {
    await create();
    await call('DELETE', '/docs');
    expect(existsSync(join(house.server.heddle.settings.dataFolder, 'sources', collection, 'docs'))).toBe(false);
  });
});
