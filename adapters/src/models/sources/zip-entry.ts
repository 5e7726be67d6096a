import { Readable } from 'node:stream';
import { HeddleError } from '@heddle/core';
import yauzl from 'yauzl';
import { type FetchContext, type Fetched } from './fetch-context.js';
import { writeHashed } from './write-hashed.js';

/** Extracts one file from a zip archive to the part file of the context. Errors: `file_not_found`, `download_failed`. */
export async function writeZipEntry(archive: string, name: string, context: FetchContext): Promise<Fetched> {
  const zip = await openZip(archive);
  try {
    const entry = await findEntry(zip, name);
    if (entry === undefined) throw new HeddleError('file_not_found', `The package has no file '${name}'.`);
    await context.needSpace(entry.uncompressedSize);
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => {
        if (error === null) resolve(opened);
        else reject(error);
      });
    });
    return await writeHashed(Readable.from(stream), context.part, {
      signal: context.signal,
      size: context.size,
      onBytes: (bytes) => context.progress(bytes, entry.uncompressedSize),
    });
  } finally {
    zip.close();
  }
}

function openZip(archive: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(archive, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error === null) resolve(zip);
      else
        reject(new HeddleError('download_failed', `The package cannot be opened: ${error.message}`, { cause: error }));
    });
  });
}

function findEntry(zip: yauzl.ZipFile, name: string): Promise<yauzl.Entry | undefined> {
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => {
      if (entry.fileName === name) resolve(entry);
      else zip.readEntry();
    });
    zip.once('end', () => resolve(undefined));
    zip.once('error', reject);
    zip.readEntry();
  });
}
