import { freeName } from '@heddle/core';
import type { NamedFile } from '../api/library.js';

/** A file with the folder that was dropped or chosen, which its id leaves out. */
type FoundFile = NamedFile & { readonly root?: string };

/**
 * The files of a drop, folders walked through; ids are paths below what was dropped, and no two of them are the same. Hidden files are
 * left out.
 */
export async function readDropped(transfer: Pick<DataTransfer, 'items' | 'files'>): Promise<readonly NamedFile[]> {
  // Entries must be taken before the first await: the browser empties the transfer afterwards.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return keepApart([...transfer.files].map((file) => ({ id: file.name, file })));
  const found: FoundFile[] = [];
  for (const entry of entries) await walk(entry, undefined, entry.name, found);
  return keepApart(found);
}

/** The files of a file field, with their paths where a folder was chosen. */
export function readChosen(files: Iterable<File>): readonly NamedFile[] {
  return keepApart(
    [...files]
      .map((file) => ({ id: withoutFirst(file.webkitRelativePath) || file.name, file }))
      .filter(({ id }) => !isHidden(id)),
  );
}

/** Files of one id: those of a folder get its name in front, and what is still the same gets a number, as the command does it. */
function keepApart(files: readonly FoundFile[]): readonly NamedFile[] {
  const times = new Map<string, number>();
  for (const { id } of files) times.set(id, (times.get(id) ?? 0) + 1);
  // Files that stay as they are keep their names.
  const taken = new Set(files.flatMap(({ id }) => (times.get(id) === 1 ? [id] : [])));
  return files.map(({ id, file, root }) => {
    if (times.get(id) === 1) return { id, file };
    const unique = freeName(root === undefined ? id : `${root}/${id}`, taken);
    taken.add(unique);
    return { id: unique, file };
  });
}

/** A folder that was dropped gives its files by their paths below it, as the command does. */
async function walk(
  entry: FileSystemEntry,
  folder: string | undefined,
  root: string,
  found: FoundFile[],
): Promise<void> {
  if (entry.name.startsWith('.')) return;
  const id = folder === undefined || folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (isFile(entry))
    found.push({
      id,
      file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)),
      ...(folder === undefined ? {} : { root }),
    });
  else for (const child of await childrenOf(entry)) await walk(child, folder === undefined ? '' : id, root, found);
}

async function childrenOf(entry: FileSystemEntry): Promise<readonly FileSystemEntry[]> {
  if (!isDirectory(entry)) return [];
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.'));
const withoutFirst = (path: string): string => path.split('/').slice(1).join('/');
