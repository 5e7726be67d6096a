import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@heddle/adapters/database';
import { defaultProject, Passage } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../common/log.js';
import { openHeddle, type OpenedHeddle } from '../heddle/open-heddle.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { readSettings } from '../settings/read-settings.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import { echoDocument } from '../testing/echo-document.js';

const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

describe('a deletion that can be undone', () => {
  let clock: FakeClock;
  let house: TwoProjects;
  let collections: ReturnType<typeof createFakeCollections>;
  let editor: Shown;
  let other: Shown;
  beforeEach(async () => {
    clock = createFakeClock();
    collections = createFakeCollections();
    house = await openTwoProjects({ clock, collections });
    editor = house.person({ [house.alpha]: ['owner'] });
    other = house.person({ [house.beta]: ['owner'] });
    house.server.heddle.deletions.start();
  });
  afterEach(() => house.close());

  const call = (who: Shown, method: string, path: string, body?: unknown) => house.call(who, method, path, body);
  /** Moves the clock, and waits until what is due has been removed. */
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await house.server.heddle.deletions.sweep();
  };
  const steps = async (subject: string): Promise<unknown[]> =>
    (await house.server.heddle.audit.list({ kinds: ['erase'], subject })).map(({ details }) =>
      typeof details === 'object' && details !== null && 'step' in details ? details.step : undefined,
    );

  describe('of a workflow', () => {
    let id: string;
    let slug: string;
    beforeEach(async () => {
      ({ id, slug } = await house.published(house.alpha, echoDocument()));
    });
    const remove = () => call(editor, 'DELETE', `/api/workflows/${slug}?undo=true`);
    const listed = async () => ids((await call(editor, 'GET', '/api/workflows')).body.workflows);

    it('can be undone after 9 seconds, with the published version', async () => {
      expect((await call(editor, 'POST', `/v1/workflows/${slug}`, { question: 'hi' })).status).toBe(200);
      expect((await remove()).status).toBe(204);
      await pass(9_000);
      for (const name of [id, slug]) {
        const gone = await call(editor, 'GET', `/api/workflows/${name}`);
        expect([gone.status, gone.body.error.code]).toEqual([404, 'workflow_not_found']);
      }
      expect(await listed()).not.toContain(id);
      expect((await call(editor, 'PUT', `/api/workflows/${id}`, { document: echoDocument() })).status).toBe(428);
      const asked = await call(editor, 'POST', `/v1/workflows/${slug}`, { question: 'hi' });
      expect([asked.status, asked.body.code]).toEqual([404, 'workflow_not_found']);
      expect(JSON.stringify((await call(editor, 'GET', '/v1/models')).body)).not.toContain(slug);
      expect(await call(editor, 'POST', `/api/workflows/${id}/restore`)).toMatchObject({
        status: 200,
        body: { id, slug },
      });
      expect((await call(editor, 'POST', `/v1/workflows/${slug}`, { question: 'hi' })).status).toBe(200);
      await pass(60_000);
      expect(await listed()).toContain(id);
      expect(await steps(`workflow:${id}`)).toEqual(['workflow restored', 'workflow deleted']);
    });

    it('is final after its time, which the refusal explains', async () => {
      await remove();
      await pass(15_000);
      const late = await call(editor, 'POST', `/api/workflows/${id}/restore`);
      expect([late.status, late.body.error.message]).toEqual([404, expect.stringContaining('no longer be restored')]);
      expect(await steps(`workflow:${id}`)).toEqual(['workflow removed', 'workflow deleted']);
      expect(house.server.heddle.parts.deletions.list('workflow')).toEqual([]);
    });

    it('cannot be undone by an editor of another project', async () => {
      await remove();
      for (const name of [id, slug])
        expect([403, 404]).toContain((await call(other, 'POST', `/api/workflows/${name}/restore`)).status);
      const viewer = house.person({ [house.alpha]: ['viewer'] });
      expect((await call(viewer, 'POST', `/api/workflows/${id}/restore`)).status).toBe(403);
      expect(await listed()).not.toContain(id);
    });

    it('frees the slug for the next workflow, and is final then', async () => {
      await remove();
      const made = await call(editor, 'POST', '/api/workflows', { document: echoDocument(), slug });
      expect(made).toMatchObject({ status: 201, body: { slug } });
      expect((await call(editor, 'POST', `/api/workflows/${id}/restore`)).status).toBe(404);
      expect(await steps(`workflow:${id}`)).toEqual(['workflow removed', 'workflow deleted']);
    });

    it('does not affect a second deletion', async () => {
      const second = await house.workflow(house.alpha, echoDocument());
      await remove();
      await call(editor, 'DELETE', `/api/workflows/${second}?undo=true`);
      expect((await call(editor, 'POST', `/api/workflows/${second}/restore`)).status).toBe(200);
      await pass(15_000);
      expect(await listed()).toContain(second);
      expect(await listed()).not.toContain(id);
    });

    it('refuses a revision that is not the latest, and an unknown workflow', async () => {
      const headers = { 'if-match': '"7"' };
      const { id: _id, ...shown } = editor;
      const refused = await house.server.call('DELETE', `/api/workflows/${id}?undo=true`, undefined, {
        ...shown,
        ...headers,
      });
      expect(refused.status).toBe(409);
      expect((await call(editor, 'DELETE', '/api/workflows/none?undo=true')).status).toBe(404);
      expect((await call(editor, 'POST', `/api/workflows/${id}/restore`)).status).toBe(404);
    });

    it('removes the workflow at once without undo', async () => {
      expect((await call(editor, 'DELETE', `/api/workflows/${slug}`)).status).toBe(204);
      expect((await call(editor, 'POST', `/api/workflows/${id}/restore`)).status).toBe(404);
      expect(await steps(`workflow:${id}`)).toEqual(['workflow removed']);
    });
  });

  describe('of a document', () => {
    beforeEach(async () => {
      await call(editor, 'POST', '/api/collections', { name: 'faq', embedding: 'mini' });
      const faq = await collections.open('faq');
      await faq.ingest(['a', 'b', 'c'].map((id) => ({ id, content: `wool ${id}` })));
    });
    const remove = (id: string) => call(editor, 'DELETE', `/api/collections/faq/documents?document=${id}&undo=true`);
    const restore = (who: Shown, id: string) =>
      call(who, 'POST', `/api/collections/faq/documents/restore?document=${id}`);
    const found = async (): Promise<string[]> =>
      Passage.array()
        .parse((await call(editor, 'POST', '/api/collections/faq/search', { query: 'wool' })).body.results)
        .map(({ document }) => document);

    it('hides the document from searches, lists, counts and runs until it is restored', async () => {
      expect((await remove('b')).status).toBe(204);
      await pass(9_000);
      expect(await found()).toEqual(['a', 'c']);
      expect(ids((await call(editor, 'GET', '/api/collections/faq/documents')).body.documents)).toEqual(['a', 'c']);
      expect(ids((await call(editor, 'GET', '/api/collections/faq/documents?limit=2')).body.documents)).toEqual([
        'a',
        'c',
      ]);
      expect((await call(editor, 'GET', '/api/collections/faq')).body).toMatchObject({ documents: 2, passages: 2 });
      expect((await call(editor, 'GET', '/api/collections/faq/documents/b')).status).toBe(404);
      expect((await remove('b')).status).toBe(404);
      const run = await (await house.server.heddle.parts.collections.get()).open('faq');
      expect((await run.search({ query: 'wool' })).map(({ document }) => document)).toEqual(['a', 'c']);
      expect([403, 404]).toContain((await restore(other, 'b')).status);
      expect((await restore(editor, 'b')).status).toBe(204);
      expect(await found()).toEqual(['a', 'b', 'c']);
      await pass(60_000);
      expect(await found()).toEqual(['a', 'b', 'c']);
    });

    it('is final after its time', async () => {
      await remove('a');
      await remove('c');
      await pass(15_000);
      expect([...(collections.stored.get('faq')?.keys() ?? [])]).toEqual(['b']);
      expect((await restore(editor, 'a')).status).toBe(404);
      expect(await steps('collection:faq')).toEqual([
        ...['document removed', 'document removed', 'document deleted', 'document deleted'],
      ]);
    });

    it('is final when the document is imported again, and the new one stays', async () => {
      await remove('a');
      const run = await (await house.server.heddle.parts.collections.get()).open('faq');
      await run.ingest([{ id: 'a', content: 'new wool' }]);
      expect((await restore(editor, 'a')).status).toBe(404);
      await pass(15_000);
      expect(collections.stored.get('faq')?.get('a')).toBe('new wool');
    });

    it('ends when the collection is deleted', async () => {
      await remove('a');
      await call(editor, 'DELETE', '/api/collections/faq');
      await call(editor, 'POST', '/api/collections', { name: 'faq', embedding: 'mini' });
      await (await collections.open('faq')).ingest([{ id: 'a', content: 'wool' }]);
      expect(await found()).toEqual(['a']);
      await pass(15_000);
      expect(await found()).toEqual(['a']);
    });
  });
});

describe('a deleted collection', () => {
  let clock: FakeClock;
  let house: TwoProjects;
  let editor: Shown;
  let other: Shown;
  beforeEach(async () => {
    clock = createFakeClock();
    house = await openTwoProjects({ clock, collections: createFakeCollections() });
    editor = house.person({ [house.alpha]: ['owner'] });
    other = house.person({ [house.beta]: ['owner'] });
    house.server.heddle.deletions.start();
    await call(editor, 'POST', '/api/collections', { name: 'faq', title: 'Questions', embedding: 'mini' });
    await (await stored()).ingest([{ id: 'a', content: 'wool' }]);
  });
  afterEach(() => house.close());

  const call = (who: Shown, method: string, path: string, body?: unknown) => house.call(who, method, path, body);
  const stored = async () => (await house.server.heddle.parts.collections.get()).open('faq');
  const remove = () => call(editor, 'DELETE', '/api/collections/faq?undo=true');
  const restore = (who = editor) => call(who, 'POST', '/api/collections/faq/restore');
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await house.server.heddle.deletions.sweep();
  };
  const found = async (who = editor): Promise<number | undefined> =>
    Passage.array()
      .optional()
      .parse((await call(who, 'POST', '/api/collections/faq/search', { query: 'wool' })).body.results)?.length;

  it('is hidden from lists, searches, imports and runs, and restored with its title and documents', async () => {
    expect((await remove()).status).toBe(204);
    expect((await call(editor, 'GET', '/api/collections')).body.collections).toEqual([]);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['DELETE', '', undefined],
      ['POST', '/search', { query: 'wool' }],
      ['POST', '/documents', { documents: [{ id: 'b', text: 'B' }] }],
    ] as const) {
      const { status, body: refusal } = await call(editor, method, `/api/collections/faq${path}`, body);
      expect([method, path, status, refusal.error?.code]).toEqual([method, path, 404, 'collection_not_found']);
    }
    await expect(stored()).rejects.toMatchObject({ code: 'collection_not_found' });
    await pass(9_000);
    expect((await restore()).body).toMatchObject({ name: 'faq', title: 'Questions', documents: 1 });
    await pass(60_000);
    expect(await found()).toBe(1);
    // The other collection still belongs to its project.
    expect(await found(other)).toBeUndefined();
  });

  it('is final after its time, and cannot be restored by others', async () => {
    await remove();
    expect((await restore(other)).status).toBe(404);
    await pass(15_000);
    expect((await restore()).status).toBe(404);
    await call(editor, 'POST', '/api/collections', { name: 'faq', embedding: 'mini' });
    expect((await call(editor, 'GET', '/api/collections/faq')).body).toMatchObject({ title: 'faq', documents: 0 });
  });

  it('frees its name for a new one, even of another project, without its documents and grants', async () => {
    house.server.heddle.grants.set('collection', 'faq', [house.beta]);
    house.server.heddle.grants.set('model', 'mini', [house.beta]);
    await remove();
    expect((await call(other, 'POST', '/api/collections', { name: 'faq', embedding: 'mini' })).status).toBe(201);
    expect((await restore(other)).status).toBe(404);
    expect(await found(other)).toBe(0);
    expect(await found()).toBeUndefined();
    await pass(60_000);
    expect(await found(other)).toBe(0);
  });
});

describe('a deletion across a restart', () => {
  let folder: string;
  let opened: OpenedHeddle | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-'));
  });
  afterEach(async () => {
    await opened?.stop();
    await opened?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = async (): Promise<OpenedHeddle> => {
    await opened?.close();
    return (opened = await openHeddle(readSettings({ HEDDLE_DATA: folder }), { kind: 'command', log: silentLog }));
  };
  const by = { who: 'local', project: defaultProject };

  it('still hides and restores, and removes what is due', async () => {
    const first = await open();
    const kept = await first.workflows.create(echoDocument());
    const gone = await first.workflows.create(echoDocument());
    for (const { id } of [kept, gone]) await first.workflows.deleteForNow(id, undefined, by);
    const second = await open();
    expect(await second.workflows.list()).toEqual([]);
    expect((await second.workflows.restore(kept.id, by)).id).toBe(kept.id);
    // The time to undo the other deletion passes while no process runs.
    await second.close();
    opened = undefined;
    const database = openDatabase(join(folder, 'heddle.db'));
    database.connection.prepare('UPDATE deletions SET time = 1').run();
    database.close();
    const third = await open();
    await expect(third.workflows.restore(gone.id, by)).rejects.toMatchObject({ code: 'not_found' });
    await third.deletions.sweep();
    expect(third.parts.deletions.list('workflow')).toEqual([]);
    expect(ids(await third.workflows.list())).toEqual([kept.id]);
    await expect(third.parts.workflows.get(gone.id)).rejects.toMatchObject({ code: 'workflow_not_found' });
  });
});
