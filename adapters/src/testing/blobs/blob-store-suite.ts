import { createHash, randomUUID } from 'node:crypto';
import { check, checkEqual, checkRejects, type SuiteCase } from '@heddle/core/testing';
import type { BlobStore } from '../../blobs/blob-store.js';

/** The blob store under test. It may contain blobs of other tests. */
export interface BlobStoreSubject {
  /** Opens the store as another process would. */
  readonly open: () => Promise<BlobStore>;
  /** Replaces the stored bytes of a blob by others of the same length, without using the store. */
  readonly damage: (id: string, bytes: Uint8Array) => Promise<void>;
}

const about = { name: 'note ü"\n.txt', mediaType: 'text/plain' };
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => Buffer.from(content).toString();
const idOf = (content: Uint8Array): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function* inPieces(pieces: readonly Uint8Array[], error?: Error): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
  if (error !== undefined) throw error;
}

/**
 * The conformance suite of blob stores.
 *
 * @example for (const promise of blobStoreSuite) it(promise.name, () => promise.run(subject));
 */
export const blobStoreSuite: readonly SuiteCase<BlobStoreSubject>[] = [
  {
    name: 'stores content under its hash, with name and media type, for every process',
    async run({ open }) {
      const one = await open();
      const other = await open();
      const content = encode(`some content ${randomUUID()}`);
      const reference = { id: idOf(content), ...about, size: content.byteLength };
      check(!(await other.has(reference.id)), 'it was there before');
      checkEqual(await one.put(content, about), reference, 'the reference is wrong');
      checkEqual(text(await other.get(reference.id)), text(content), 'the content differs');
      checkEqual(await other.describe(reference.id), reference, 'its description differs');
      check(await other.has(reference.id), 'another process has it not');
      const { size, stream } = await other.open(reference.id);
      checkEqual(
        [size, text(Buffer.concat(await stream.toArray()))],
        [content.byteLength, text(content)],
        'open differs',
      );
      const empty = await one.put(new Uint8Array(), about);
      checkEqual([empty.size, (await other.get(empty.id)).byteLength], [0, 0], 'empty content differs');
    },
  },
  {
    name: 'stores the same content once, whoever stores it, also at once, and keeps its first name',
    async run({ open }) {
      const processes = await Promise.all([open(), open(), open()]);
      const content = encode(randomUUID());
      await processes[0]?.put(content, about);
      await Promise.all(processes.flatMap((blobs) => [1, 2, 3].map(() => blobs.put(content, about))));
      for (const blobs of processes) {
        const draft = await blobs.receive(inPieces([content]));
        await draft.keep({ name: 'other.txt', mediaType: 'text/other' });
        checkEqual((await blobs.describe(idOf(content))).name, about.name, 'it has another name');
      }
      const seen = new Set<string>();
      await processes[0]?.sweep({ isReferred: (id) => (seen.add(id), true), before: Date.now() + 86_400_000 });
      check(seen.has(idOf(content)), 'a sweep does not see it');
    },
  },
  {
    name: 'has nothing under an id that is unknown or not of its form',
    async run({ open }) {
      const blobs = await open();
      const { id } = await blobs.put(encode(randomUUID()), about);
      const odd = [
        `sha256:../../../../etc/passwd`,
        '../secret',
        `sha256:${'0'.repeat(64)}`,
        id.toUpperCase(),
        `${id}/../x`,
        `${id} `,
        '',
      ];
      for (const wrong of odd) {
        check(!(await blobs.has(wrong)), `it has '${wrong}'`);
        await checkRejects(blobs.get(wrong), 'blob_not_found');
        await checkRejects(blobs.open(wrong), 'blob_not_found');
        await checkRejects(blobs.describe(wrong), 'blob_not_found');
      }
    },
  },
  {
    name: 'notices damaged content before its first piece, and repairs it when it is stored again',
    async run({ open, damage }) {
      const blobs = await open();
      const content = encode(randomUUID());
      const { id } = await blobs.put(content, about);
      for (const repair of [
        () => blobs.put(content, about),
        async () => (await blobs.receive(inPieces([content]))).keep(about),
      ]) {
        await damage(id, encode(randomUUID()));
        await checkRejects(blobs.get(id), 'storage_corrupt');
        await checkRejects(blobs.open(id), 'storage_corrupt');
        await repair();
        checkEqual(text(await blobs.get(id)), text(content), 'it was not repaired');
      }
    },
  },
  {
    name: 'receives content in pieces, shows it once it is kept, and leaves nothing of what broke off or was discarded',
    async run({ open }) {
      const blobs = await open();
      const content = encode(`${randomUUID()} in two pieces`);
      const pieces = [content.subarray(0, 9), content.subarray(9)];
      const broken = blobs.receive(inPieces(pieces, new Error('the sender is gone')));
      check((await broken.catch((error: unknown) => String(error))) === 'Error: the sender is gone', 'another error');
      await (await blobs.receive(inPieces(pieces))).discard();
      const draft = await blobs.receive(inPieces(pieces));
      checkEqual(
        [draft.id, draft.size, await blobs.has(draft.id)],
        [idOf(content), content.byteLength, false],
        'it shows',
      );
      checkEqual(await draft.keep(about), { id: draft.id, ...about, size: draft.size }, 'the reference is wrong');
      checkEqual(text(await blobs.get(draft.id)), text(content), 'the content differs');
      await blobs.removeDrafts();
      check(await blobs.has(draft.id), 'it was removed with the drafts');
    },
  },
  {
    name: 'stores content that is larger than a part, whole',
    async run({ open }) {
      const blobs = await open();
      const piece = Buffer.alloc(1024 * 1024, randomUUID());
      const pieces = Array.from({ length: 35 }, (_, number) => Buffer.concat([piece, Buffer.from([number])]));
      const draft = await blobs.receive(inPieces(pieces));
      checkEqual(draft.id, idOf(Buffer.concat(pieces)), 'its hash is wrong');
      await draft.keep(about);
      const { size, stream } = await blobs.open(draft.id);
      const hash = createHash('sha256');
      for await (const part of stream) hash.update(part as Uint8Array);
      checkEqual([`sha256:${hash.digest('hex')}`, size], [draft.id, draft.size], 'the content differs');
    },
  },
  {
    name: 'sweeps what nothing names and was not stored lately, and nothing else',
    async run({ open }) {
      const blobs = await open();
      const kept = await blobs.put(encode(randomUUID()), about);
      const gone = await blobs.put(encode(randomUUID()), about);
      const isReferred = (id: string): boolean => id !== gone.id;
      checkEqual(
        await blobs.sweep({ isReferred, before: Date.now() - 86_400_000 }),
        { files: 0, bytes: 0 },
        'young blobs went',
      );
      checkEqual(
        await blobs.sweep({ isReferred, before: Date.now() + 86_400_000 }),
        { files: 1, bytes: gone.size },
        'the sweep differs',
      );
      checkEqual([await blobs.has(kept.id), await blobs.has(gone.id)], [true, false], 'the wrong one went');
    },
  },
];
