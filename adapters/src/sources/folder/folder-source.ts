import { extname } from 'node:path/posix';
import { HeddleError, type SourceChange, type SourceConnector, type SourceRequest } from '@heddle/core';
import { z } from 'zod';

const FolderConfig = z.strictObject({
  path: z.string().trim().min(1).max(1_000).meta({
    title: 'Folder',
    description: 'A folder that an administrator allowed (HEDDLE_FILES), or one below it, such as handbook/people.',
  }),
  suffixes: z
    .array(z.string().regex(/^\.?[A-Za-z0-9]{1,16}$/, { error: 'A suffix such as pdf' }))
    .max(100)
    .default([])
    .meta({ title: 'File types', description: 'Suffixes such as pdf or md; without any, all files are read.' }),
});
type FolderConfig = z.infer<typeof FolderConfig>;

/** The connector for files in a folder of this machine, including its subfolders. */
export const folderSource: SourceConnector<FolderConfig> = {
  kind: 'folder',
  title: 'Folder',
  description: "Files of a folder on Heddle's machine, with its subfolders.",
  config: FolderConfig,
  capabilities: { isIncremental: false, hasReaders: false, secret: 'none' },
  changes: list,
};

async function* list({ config, files, maxBytes, signal }: SourceRequest<FolderConfig>): AsyncGenerator<SourceChange> {
  const wanted = new Set(config.suffixes.map((suffix) => `.${suffix.replace(/^\./, '').toLowerCase()}`));
  yield { type: 'listing' };
  // Ids are relative to the folder, so that the folder can be moved.
  for await (const { path, relative: id, size, changedAt, version } of files.walk(config.path)) {
    if (wanted.size > 0 && !wanted.has(extname(path).toLowerCase())) continue;
    if (size > maxBytes) {
      yield { type: 'failed', id, error: tooLarge(id, size, maxBytes) };
      continue;
    }
    yield {
      type: 'upsert',
      document: {
        id,
        etag: version,
        modified: changedAt,
        metadata: { folder: id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : '' },
        content: async () => ({ content: await files.read(path, { maxBytes, signal }) }),
      },
    };
  }
  yield { type: 'checkpoint', isComplete: true };
}

function tooLarge(id: string, size: number, limit: number) {
  const { code, message, retryable } = new HeddleError(
    'document_too_large',
    `'${id}' has ${size} bytes, more than the ${limit} that are read: split it into smaller files.`,
  );
  return { code, message, retryable };
}
