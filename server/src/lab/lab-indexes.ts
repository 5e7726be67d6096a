import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HeddleError, type Collections, type DocumentInput, type LabIndex } from '@heddle/core';
import type { BuiltIndex, LabIndexes } from './run-lab.js';

/** Collections that are stored in a file of their own. */
export interface OwnCollections extends Collections {
  close(): Promise<void>;
}

interface IndexSource {
  /** Opens the collections that a file contains. */
  readonly open: (file: string) => Promise<OwnCollections>;
  /** Reads all documents of the collection from their originals. */
  readonly documents: () => AsyncIterable<DocumentInput>;
  /** Milliseconds, only for measuring durations. */
  readonly now: () => number;
}

/**
 * The indexes of one lab, in a folder that only the lab uses. An index is dropped after its configurations were measured. An index that an
 * earlier process began is continued.
 */
export class FolderIndexes implements LabIndexes {
  private opened: Promise<OwnCollections> | undefined;

  constructor(
    private readonly folder: string,
    private readonly source: IndexSource,
  ) {}

  /** Errors: `lab_invalid` if a document cannot be indexed again. */
  async build(
    name: string,
    { embedding, splitter }: LabIndex,
    { signal, onProgress }: Parameters<LabIndexes['build']>[2],
  ): Promise<BuiltIndex> {
    const { documents, now } = this.source;
    const collections = await this.open();
    const known = (await collections.list()).some((one) => one.name === name);
    const collection = known
      ? await collections.open(name, { embedding })
      : await collections.create({ name, embedding, splitter });
    const begun = now();
    const { failures } = await collection.ingest(documents(), {
      signal,
      onProgress: ({ done, unchanged, passages }) => onProgress({ documents: done + unchanged, passages }),
    });
    const [failure] = failures;
    if (failure !== undefined)
      throw new HeddleError(
        'lab_invalid',
        `${failures.length} of the documents cannot be indexed again, such as '${failure.document}': ${failure.message} Add their files again, or remove them.`,
        { details: { document: failure.document, code: failure.code } },
      );
    const { passages } = await collection.info();
    return { collection, passages, ms: now() - begun };
  }

  async drop(name: string): Promise<void> {
    await (await this.open()).drop(name);
  }

  /** Closes the file, and keeps it for a later process. */
  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    await (await opened)?.close();
  }

  private open(): Promise<OwnCollections> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.opened ??= this.source.open(join(this.folder, 'collections.db'));
    return this.opened;
  }
}
