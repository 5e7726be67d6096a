import { open, rename, rm } from 'node:fs/promises';

/** Writes a new file. Its content survives a power loss; its name does once `syncFolders` was called. */
export async function writeSynced(
  file: string,
  content: Uint8Array | string,
  options: { readonly flag?: 'wx' | 'w'; readonly mode?: number } = {},
): Promise<void> {
  const handle = await open(file, options.flag ?? 'wx', options.mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file through a draft on the same disk, so that it has its old content or the new one at any time. */
export async function replaceFile(
  file: string,
  content: Uint8Array | string,
  { draft, mode }: { readonly draft: string; readonly mode?: number },
): Promise<void> {
  try {
    await writeSynced(draft, content, { flag: 'w', mode });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Makes the content of a file that others wrote survive a power loss. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes new names in folders survive a power loss, if the system supports it. */
export async function syncFolders(...folders: readonly string[]): Promise<void> {
  if (process.platform === 'win32') return;
  for (const folder of folders) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
