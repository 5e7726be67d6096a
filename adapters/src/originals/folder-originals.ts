import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentInput } from '@heddle/core';
import { replaceFile, syncFile, syncFolders } from '../database/files/write-durably.js';
import { codeOf, storageErrorOf } from '../database/storage-error.js';
import { aboutOf, nameOfOriginal, readDocument } from './original-document.js';
import type { FileDocument, OriginalStore } from './original-store.js';

/**
 * Stores originals in a folder, with a subfolder for each collection. The bytes are written before their description, so an interrupted
 * original does not exist. Both survive a power loss, because an import is accepted once its originals are stored.
 *
 * @example const originals = new FolderOriginals(join(dataFolder, 'originals'));
 */
export class FolderOriginals implements OriginalStore {
  constructor(private readonly folder: string) {}

  async write(collection: string, document: DocumentInput | FileDocument): Promise<void> {
    const path = this.pathOf(collection, document.id);
    try {
      const folder = join(this.folder, collection);
      const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
      if ('file' in document) await moveWhole(document.file, path);
      else await replaceFile(path, document.content, { draft: `${path}.part`, mode: 0o600 });
      const about = JSON.stringify(aboutOf(document));
      await replaceFile(`${path}.json`, about, { draft: `${path}.json.part`, mode: 0o600 });
      await syncFolders(folder, ...(isNew ? [this.folder] : []));
    } catch (error) {
      throw storageErrorOf(error, this.folder) ?? error;
    }
  }

  async find(collection: string, documentId: string): Promise<DocumentInput | undefined> {
    const path = this.pathOf(collection, documentId);
    try {
      return await readDocument(JSON.parse(await readFile(`${path}.json`, 'utf8')), () => readFile(path));
    } catch (error) {
      const fault = storageErrorOf(error, this.folder);
      if (fault !== undefined) throw fault;
      return undefined; // It was never stored, or its writing was interrupted.
    }
  }

  async remove(collection: string, documentId: string): Promise<void> {
    const path = this.pathOf(collection, documentId);
    await rm(`${path}.json`, { force: true });
    await rm(path, { force: true });
  }

  async drop(collection: string): Promise<void> {
    await rm(join(this.folder, collection), { recursive: true, force: true });
  }

  private pathOf(collection: string, documentId: string): string {
    return join(this.folder, collection, nameOfOriginal(documentId));
  }
}

async function moveWhole(from: string, path: string): Promise<void> {
  try {
    await rename(from, path);
    await syncFile(path);
  } catch (error) {
    // The folder of uploads can be on another disk.
    if (codeOf(error) !== 'EXDEV') throw error;
    await copyFile(from, `${path}.part`);
    await syncFile(`${path}.part`);
    await rename(`${path}.part`, path);
  }
}
