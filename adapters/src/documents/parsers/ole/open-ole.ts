import { HeddleError } from '@heddle/core';

/** The container of old Office files (OLE compound file): a file system in a file. Names are paths with `/`. */
export interface Ole {
  readonly names: readonly string[];
  has(name: string): boolean;
  read(name: string): Buffer | undefined;
}

interface Entry {
  readonly start: number;
  readonly size: number;
}

interface Volume {
  readonly bytes: Buffer;
  readonly sectorSize: number;
  readonly fat: Int32Array;
}

const endOfChain = -2;
const mostEntries = 100_000;
const mostDepth = 64;
const miniSize = 64;

/**
 * Opens a compound file from memory. Its claims about sizes are not trusted: a chain of sectors is never longer than the file, and never
 * visits a sector twice. Errors: `document_damaged`, `document_bomb`.
 */
export function openOle(content: Uint8Array): Ole {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < 512) throw damaged('it is cut off');
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw damaged(`its sectors have ${shift} bits`);
  const sectorSize = 2 ** shift;
  const volume: Volume = { bytes, sectorSize, fat: readFat(bytes, sectorSize) };
  const directory = readChain(volume, bytes.readInt32LE(48));
  const root = entryAt(directory, 0);
  const cutoff = bytes.readUInt32LE(56);
  const entries = readDirectory(directory);
  let mini: { readonly stream: Buffer; readonly fat: Int32Array } | undefined;
  const readMini = (entry: Entry): Buffer => {
    mini ??= { stream: readChain(volume, root.start), fat: int32s(readChain(volume, bytes.readInt32LE(60))) };
    return readMiniChain(mini.stream, mini.fat, entry);
  };
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    read: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      if (entry.size === 0) return Buffer.alloc(0);
      if (entry.size > bytes.length) throw damaged(`its part '${name}' claims ${entry.size} bytes`);
      if (entry.size < cutoff) return readMini(entry);
      const stream = readChain(volume, entry.start, entry.size);
      if (stream.length < entry.size) throw damaged(`its part '${name}' is cut off`);
      return stream.subarray(0, entry.size);
    },
  };
}

/** Reads the table with the next sector of each sector. The header and further lists name the sectors of the table itself. */
function readFat(bytes: Buffer, sectorSize: number): Int32Array {
  const most = Math.ceil(bytes.length / sectorSize);
  const sectors: number[] = [];
  for (let at = 76; at < 512; at += 4) sectors.push(bytes.readInt32LE(at));
  let next = bytes.readInt32LE(68);
  for (let lists = 0; next >= 0; lists += 1) {
    if (lists > most) throw damaged('its list of sectors is circular');
    const list = int32s(sectorAt(bytes, sectorSize, next));
    sectors.push(...list.subarray(0, -1));
    next = list.at(-1) ?? endOfChain;
  }
  const parts = [...new Set(sectors.filter((sector) => sector >= 0))];
  if (parts.length > most) throw damaged('it lists more sectors than it has');
  return int32s(Buffer.concat(parts.map((sector) => sectorAt(bytes, sectorSize, sector))));
}

function sectorAt(bytes: Buffer, sectorSize: number, sector: number): Buffer {
  const start = (sector + 1) * sectorSize;
  if (start >= bytes.length) throw damaged('it is cut off');
  return bytes.subarray(start, start + sectorSize);
}

function readChain({ bytes, sectorSize, fat }: Volume, start: number, size = Infinity): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (let sector = start; sector >= 0 && length < size; sector = fat[sector] ?? endOfChain) {
    if (parts.length > fat.length) throw damaged('a chain of its sectors is circular');
    const part = sectorAt(bytes, sectorSize, sector);
    parts.push(part);
    length += part.length;
  }
  return Buffer.concat(parts);
}

function readMiniChain(stream: Buffer, fat: Int32Array, { start, size }: Entry): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (let sector = start; sector >= 0 && length < size; sector = fat[sector] ?? endOfChain) {
    if (parts.length > fat.length) throw damaged('a chain of its small sectors is circular');
    const part = stream.subarray(sector * miniSize, (sector + 1) * miniSize);
    parts.push(part);
    length += part.length;
  }
  if (length < size) throw damaged('a part of it is cut off');
  return Buffer.concat(parts).subarray(0, size);
}

const int32s = (part: Buffer): Int32Array =>
  Int32Array.from({ length: part.length >> 2 }, (_, index) => part.readInt32LE(index * 4));

interface DirectoryEntry extends Entry {
  readonly name: string;
  readonly type: number;
  readonly left: number;
  readonly right: number;
  readonly child: number;
}

function entryAt(directory: Buffer, index: number): DirectoryEntry {
  const at = index * 128;
  if (index < 0 || at + 128 > directory.length) throw damaged('its directory is cut off');
  const length = Math.min(Math.max(directory.readUInt16LE(at + 64) - 2, 0), 62);
  return {
    name: directory.toString('utf16le', at, at + length),
    type: directory[at + 66] ?? 0,
    left: directory.readInt32LE(at + 68),
    right: directory.readInt32LE(at + 72),
    child: directory.readInt32LE(at + 76),
    start: directory.readInt32LE(at + 116),
    size: directory.readUInt32LE(at + 120),
  };
}

/** Streams by path. Siblings form a tree, in which each entry is visited once. */
function readDirectory(directory: Buffer): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  const seen = new Set<number>([0]);
  const open: { readonly index: number; readonly path: string; readonly depth: number }[] = [
    { index: entryAt(directory, 0).child, path: '', depth: 0 },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { index, path, depth } = next;
    if (index < 0) continue;
    if (seen.has(index)) throw damaged('its directory is circular');
    seen.add(index);
    if (seen.size > mostEntries || depth > mostDepth)
      throw new HeddleError(
        'document_bomb',
        `It was not opened, because its directory has more than ${mostEntries} entries or ${mostDepth} levels.`,
      );
    const entry = entryAt(directory, index);
    open.push({ index: entry.right, path, depth }, { index: entry.left, path, depth });
    if (entry.type === 2) found.set(path + entry.name, entry);
    else if (entry.type === 1) open.push({ index: entry.child, path: `${path}${entry.name}/`, depth: depth + 1 });
  }
  return found;
}

export const damaged = (what: string): HeddleError =>
  new HeddleError(
    'document_damaged',
    `The Office document is damaged (${what}): open it in its program and save it again.`,
  );
