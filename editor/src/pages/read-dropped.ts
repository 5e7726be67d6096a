import type { NamedFile } from '../api/library.js';

/** The files of a drop, folders walked through; ids are paths below what was dropped. Hidden files are left out. */
export async function readDropped(transfer: Pick<DataTransfer, 'items' | 'files'>): Promise<readonly NamedFile[]> {
  // Entries must be taken before the first await: the browser empties the transfer afterwards.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ id: file.name, file }));
  const found: NamedFile[] = [];
  for (const entry of entries) await walk(entry, undefined, found);
  return found;
}

/** The files of a file field, with their paths where a folder was chosen. */
export function readChosen(files: Iterable<File>): readonly NamedFile[] {
  return [...files]
    .map((file) => ({ id: withoutFirst(file.webkitRelativePath) || file.name, file }))
    .filter(({ id }) => !isHidden(id));
}

/** A folder that was dropped gives its files by their paths below it, as the command does. */
async function walk(entry: FileSystemEntry, folder: string | undefined, found: NamedFile[]): Promise<void> {
  if (entry.name.startsWith('.')) return;
  const id = folder === undefined || folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (isFile(entry))
    found.push({ id, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
  else for (const child of await childrenOf(entry)) await walk(child, folder === undefined ? '' : id, found);
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
