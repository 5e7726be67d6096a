/** Wrong values to write into a compound file. */
export interface OleFaults {
  /** The sector after the last one of the first stream. */
  readonly next?: number;
  /** The declared size of the first stream. */
  readonly size?: number;
  /** The entry that the first stream has as its left sibling. */
  readonly left?: number;
}

const sector = 512;
const free = -1;
const end = -2;
const fatMark = -3;

interface Entry {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly children: Entry[];
}

/** Writes a compound file, the container of old Office files, from streams by path. All streams occupy whole sectors. */
export function writeOle(streams: Readonly<Record<string, Uint8Array | string>>, faults: OleFaults = {}): Buffer {
  const root: Entry = { name: 'Root Entry', children: [] };
  for (const [path, content] of Object.entries(streams)) {
    const names = path.split('/');
    let folder = root;
    for (const name of names.slice(0, -1)) {
      const known = folder.children.find((child) => child.name === name) ?? { name, children: [] };
      if (!folder.children.includes(known)) folder.children.push(known);
      folder = known;
    }
    folder.children.push({ name: names.at(-1) ?? '', content: Buffer.from(content), children: [] });
  }
  const fat: number[] = [];
  const data: Buffer[] = [];
  const store = (content: Uint8Array): number => {
    if (content.length === 0) return end;
    const first = fat.length;
    const count = Math.ceil(content.length / sector);
    for (let index = 0; index < count; index += 1) fat.push(index === count - 1 ? end : first + index + 1);
    data.push(Buffer.concat([content, Buffer.alloc(count * sector - content.length)]));
    return first;
  };
  const directory = directoryOf(root, store, faults);
  if (faults.next !== undefined) fat[fat.indexOf(end)] = faults.next;
  const directoryStart = store(directory);
  // The allocation table lists its own sectors too.
  const fatSectors = Math.ceil((fat.length + 1) / (sector / 4 - 1)) || 1;
  const fatStart = fat.length;
  for (let index = 0; index < fatSectors; index += 1) fat.push(fatMark);
  while (fat.length % (sector / 4) !== 0) fat.push(free);
  const table = Buffer.alloc(fatSectors * sector, 0xff);
  for (const [index, value] of fat.entries()) if (index * 4 < table.length) table.writeInt32LE(value, index * 4);
  return Buffer.concat([headOf(directoryStart, fatStart, fatSectors), ...data, table]);
}

function directoryOf(root: Entry, store: (content: Uint8Array) => number, faults: OleFaults): Buffer {
  const entries: Buffer[] = [];
  let isFirst = true;
  const write = (entry: Entry, index: number, right: number, child: number): void => {
    const record = Buffer.alloc(128);
    record.write(entry.name, 0, 62, 'utf16le');
    record.writeUInt16LE(Math.min(entry.name.length * 2 + 2, 64), 64);
    const type = index === 0 ? 5 : entry.content === undefined ? 1 : 2;
    record[66] = type;
    const isFaulty = type === 2 && isFirst;
    record.writeInt32LE(isFaulty ? (faults.left ?? free) : free, 68);
    record.writeInt32LE(right, 72);
    record.writeInt32LE(child, 76);
    record.writeInt32LE(entry.content === undefined ? end : store(entry.content), 116);
    record.writeUInt32LE(isFaulty ? (faults.size ?? entry.content?.length ?? 0) : (entry.content?.length ?? 0), 120);
    if (isFaulty) isFirst = false;
    entries[index] = record;
  };
  let count = 1;
  const settle = (entry: Entry, index: number, right: number): void => {
    const first = count;
    count += entry.children.length;
    write(entry, index, right, entry.children.length === 0 ? free : first);
    for (const [at, child] of entry.children.entries())
      settle(child, first + at, at === entry.children.length - 1 ? free : first + at + 1);
  };
  settle(root, 0, free);
  return Buffer.concat(entries);
}

function headOf(directoryStart: number, fatStart: number, fatSectors: number): Buffer {
  const head = Buffer.alloc(sector, 0xff);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(head);
  head.fill(0, 8, 76);
  head.writeUInt16LE(0x3e, 24);
  head.writeUInt16LE(3, 26);
  head.writeUInt16LE(0xfffe, 28);
  head.writeUInt16LE(9, 30);
  head.writeUInt16LE(6, 32);
  head.writeUInt32LE(fatSectors, 44);
  head.writeInt32LE(directoryStart, 48);
  // The limit for small streams is 0, so all streams occupy whole sectors.
  head.writeUInt32LE(0, 56);
  head.writeInt32LE(end, 60);
  head.writeInt32LE(end, 68);
  for (let index = 0; index < Math.min(fatSectors, 109); index += 1)
    head.writeInt32LE(fatStart + index, 76 + index * 4);
  return head;
}
