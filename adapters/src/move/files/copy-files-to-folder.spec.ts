import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FileRef } from '@heddle/core';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderBlobs } from '../../blobs/folder-blobs.js';
import { bucketOwner } from '../../buckets/bucket-owner.js';
import { noteBucket } from '../../buckets/noted-bucket.js';
import { openBucket, type Bucket } from '../../buckets/open-bucket.js';
import { readKeyFile } from '../../connections/vault/key-file.js';
import { readSharedKey } from '../../identity/shared-key.js';
import { FolderOriginals } from '../../originals/folder-originals.js';
import { openPostgres } from '../../postgres/open-postgres.js';
import { postgresTables } from '../../postgres/postgres-tables.js';
import { refuseMoved } from '../../postgres/refuse-moved.js';
import { startBucket, type BucketServer } from '../../testing/blobs/bucket-server.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { wallClock } from '../../testing/wall-clock.js';
import { examinePostgres, moveToFolder, type ToFolder } from '../move-to-folder.js';

const server = process.env['HEDDLE_TEST_POSTGRES'];
const where = server === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const suite = server === undefined ? describe.skip : describe;

const idOf = (content: string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

suite(`files of a bucket, of a database that is moved back (${where})`, () => {
  let postgres: TestDatabase;
  let objects: BucketServer;
  let bucket: Bucket;
  let temporary: ReturnType<typeof temporaryFolder>;
  const at = (...path: string[]): string => join(temporary.folder, ...path);
  const target = (): string => at('target');
  const opened = async <Result>(work: (database: Awaited<ReturnType<typeof openPostgres>>) => Promise<Result>) => {
    const database = await openPostgres({ url: postgres.url, clock: wallClock, connections: 1, application: 'spec' });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  };
  const start = (): Promise<void> =>
    opened((database) => database.transaction((query) => refuseMoved(database, query)));
  const back = (more: Partial<ToFolder> = {}): ToFolder => ({
    folder: target(),
    filesFolder: at('data'),
    keyFile: at('secret.key'),
    url: postgres.url,
    blobsUrl: objects.url,
    clock: wallClock,
    leaseMs: 10_000,
    leavesFiles: false,
    startsOver: false,
    mayLose: true,
    ...more,
  });
  const names = (columns: string, ...values: string[]): Promise<unknown> =>
    postgres.query(`INSERT INTO heddle.${columns} VALUES ('${values.join("', '")}')`);
  /** Three blobs in the bucket: a row of `openai_files` names `openai`, other text in the database names `named`, nothing names `loose`. */
  let stored: { readonly openai: FileRef; readonly named: FileRef; readonly loose: FileRef };

  beforeEach(async () => {
    [postgres, objects] = await Promise.all([openTestDatabase(), startBucket()]);
    objects.mostListed = 3;
    temporary = temporaryFolder();
    for (const folder of ['data', 'target']) mkdirSync(at(folder));
    readKeyFile(at('secret.key'), () => true);
    bucket = await opened(async (database) => {
      await readSharedKey(postgresTables(database), at('secret.key'));
      const owner = await bucketOwner(database);
      const made = await openBucket({ url: objects.url, owner, folder: at('process'), clock: wallClock });
      await noteBucket(postgresTables(database), made);
      return made;
    });
    const put = (name: string, content: string): Promise<FileRef> =>
      bucket.blobs.put(Buffer.from(content), { name, mediaType: 'text/plain' });
    stored = {
      openai: await put('batch.jsonl', '{"a":1}\n'),
      named: await put('Zürich.txt', 'named'),
      loose: await put('loose.txt', 'loose'),
    };
    await names(
      'openai_files (id, project, owner, purpose, name, bytes, blob, created_at, expires_at)',
      ...['f1', 'default', 'user:a', 'batch', 'batch.jsonl', '8', stored.openai.id, '1', '2'],
    );
    await names('policies', 'mine', `{"text":"see ${stored.named.id}, and ${idOf('gone')}"}`, '1');
    for (let number = 1; number <= 20; number += 1)
      await names('policies', `p${number}`, `{"text":"${(await put(`${number}.txt`, `file ${number}`)).id}"}`, '1');
    await bucket.originals.write('faq', { id: 'a/b.md', title: 'A', content: '# A', readers: ['group:a'] });
    await bucket.originals.write('faq', { id: 'b', content: Buffer.from([1, 10, 2]) });
  }, 120_000);
  afterEach(async () => {
    bucket.close();
    await Promise.all([postgres.close(), objects.close()]);
    temporary.remove();
  });

  const blobs = (): FolderBlobs => new FolderBlobs(join(target(), 'blobs'));
  async function expectAll(): Promise<void> {
    expect(Buffer.from(await blobs().get(stored.openai.id)).toString()).toBe('{"a":1}\n');
    for (const { id, ...about } of [stored.openai, stored.named])
      expect(await blobs().describe(id)).toEqual({ id, ...about });
    for (let number = 1; number <= 20; number += 1)
      expect(Buffer.from(await blobs().get(idOf(`file ${number}`))).toString()).toBe(`file ${number}`);
    const originals = new FolderOriginals(join(target(), 'originals'));
    const first = { id: 'a/b.md', title: 'A', content: '# A', readersIfNew: ['group:a'] };
    expect(await originals.find('faq', 'a/b.md')).toEqual(first);
    expect((await originals.find('faq', 'b'))?.content).toEqual(Buffer.from([1, 10, 2]));
  }

  it('are in the folder: all files that rows refer to, and the originals', async () => {
    expect((await examinePostgres(back())).stops).toEqual([]);
    expect(readdirSync(target())).toEqual([]);
    expect(await moveToFolder(back())).toMatchObject({ files: { blobs: 22, originals: 2 }, wasDone: false });
    await expectAll();
    expect(await blobs().has(stored.loose.id)).toBe(false);
    expect(existsSync(join(target(), 'bucket'))).toBe(false);
    expect(readdirSync(join(target(), 'originals'))).toEqual(['faq']);
  });

  it('are copied by the next move after an interrupted one, and damaged copies are replaced', async () => {
    let left = 5;
    const onProgress: ToFolder['onProgress'] = ({ step }) => {
      if (step === 'files' && (left -= 1) < 0) throw new Error('ended here');
    };
    await expect(moveToFolder(back({ onProgress }))).rejects.toThrow('ended here');
    await start();
    const folder = join(target(), 'blobs');
    const [beginning = ''] = readdirSync(folder).filter((name) => name.length === 2);
    const [file = ''] = readdirSync(join(folder, beginning)).filter((name) => !name.endsWith('.json'));
    writeFileSync(join(folder, beginning, file), 'cut o');
    const before = objects.requests.length;
    await moveToFolder(back());
    await expectAll();
    const asked = objects.requests.slice(before).filter((request) => /^GET \S*\/blobs\//.test(request));
    expect(asked).toContainEqual(expect.stringContaining(`/blobs/${beginning}/${file}`));
    expect(asked.length).toBeLessThan(20);
    await expect(start()).rejects.toMatchObject({ code: 'storage_moved' });
  });

  it('stop the move before the end in the database when one is missing or damaged', async () => {
    objects.objects.delete(stored.openai.id.replace(/^sha256:(..)/, 'blobs/$1/'));
    await expect(moveToFolder(back())).rejects.toMatchObject({
      code: 'move_blocked',
      details: { issues: [{ code: 'blob_not_found', message: expect.stringContaining(stored.openai.id) }] },
    });
    expect(readdirSync(target())).toEqual([]);
    await bucket.blobs.put(Buffer.from('{"a":1}\n'), stored.openai);
    const key = stored.named.id.replace(/^sha256:(..)/, 'blobs/$1/');
    const found = objects.objects.get(key);
    objects.objects.set(key, { ...found!, body: Buffer.from('other') });
    await expect(moveToFolder(back())).rejects.toMatchObject({ code: 'storage_corrupt' });
    await start();
    await moveToFolder(back({ leavesFiles: true }));
    expect(await blobs().has(stored.named.id)).toBe(false);
  });

  it('stop the move without the right bucket', async () => {
    await expect(moveToFolder(back({ blobsUrl: undefined }))).rejects.toMatchObject({ code: 'setting_invalid' });
    const other = await startBucket();
    try {
      await expect(moveToFolder(back({ blobsUrl: other.url }))).rejects.toMatchObject({ code: 'setting_invalid' });
    } finally {
      await other.close();
    }
    const marker = objects.objects.get('heddle.json')!;
    const body = Buffer.from(marker.body.toString().replace(/"database": "[^"]*"/, '"database": "other"'));
    objects.objects.set('heddle.json', { ...marker, body });
    await expect(moveToFolder(back())).rejects.toMatchObject({ code: 'bucket_taken' });
    objects.objects.set('heddle.json', marker);
    objects.fail('GET', 503, 503, 503);
    await expect(moveToFolder(back())).rejects.toMatchObject({ code: 'bucket_unreachable' });
    expect(readdirSync(target())).toEqual([]);
    await start();
  });
});
