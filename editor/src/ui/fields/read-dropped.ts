import { freeName } from '@heddle/core';

/** A file to import. Its id is its path in the dropped folder. */
export interface NamedFile {
  readonly id: string;
  readonly file: File;
}

export function uploadForm(files: readonly NamedFile[], readers?: readonly string[] | null): FormData {
  const form = new FormData();
  for (const { id, file } of files) {
    form.append('about', JSON.stringify({ id, readers }));
    form.append('file', file, file.name);
  }
  return form;
}

/** A file with the name of the dropped or selected folder, which is not part of its id. */
type FoundFile = NamedFile & { readonly root?: string };

/** Reads the files of a drop, including those in folders. Ids are paths relative to what was dropped, and unique. Skips hidden files. */
export async function readDropped(transfer: Pick<DataTransfer, 'items' | 'files'>): Promise<readonly NamedFile[]> {
  // The entries must be read before the first await, because the browser clears the transfer afterwards.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return keepApart([...transfer.files].map((file) => ({ id: file.name, file })));
  const found: FoundFile[] = [];
  for (const entry of entries) await walk(entry, undefined, entry.name, found);
  return keepApart(found);
}

/** Reads the files of a file input. If a folder was selected, the ids are paths. */
export function readChosen(files: Iterable<File>): readonly NamedFile[] {
  return keepApart(
    [...files]
      .map((file) => ({ id: withoutFirst(file.webkitRelativePath) || file.name, file }))
      .filter(({ id }) => !isHidden(id)),
  );
}

/** Gives files with the same id different ids, as the CLI does: the name of their folder as a prefix, and then a number. */
function keepApart(files: readonly FoundFile[]): readonly NamedFile[] {
  const times = new Map<string, number>();
  for (const { id } of files) times.set(id, (times.get(id) ?? 0) + 1);
  // Files without duplicates keep their ids.
  const taken = new Set(files.flatMap(({ id }) => (times.get(id) === 1 ? [id] : [])));
  return files.map(({ id, file, root }) => {
    if (times.get(id) === 1) return { id, file };
    const unique = freeName(root === undefined ? id : `${root}/${id}`, taken);
    taken.add(unique);
    return { id: unique, file };
  });
}

/** Collects the files of an entry. The ids of a dropped folder's files are paths relative to the folder, as in the CLI. */
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
      root: folder === undefined ? undefined : root,
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
