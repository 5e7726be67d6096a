export interface ParagraphProperties {
  readonly heading: number;
  readonly list: number | undefined;
  readonly tables: number;
  readonly isRowEnd: boolean;
  readonly isCellEnd: boolean;
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly properties: ParagraphProperties;
}

// The format's codes for changes of properties.
const inTable = 0x2416;
const rowEnd = 0x2417;
const innerCellEnd = 0x244b;
const innerRowEnd = 0x244c;
const depthOfTables = 0x6649;
const outlineLevel = 0x2640;
const listLevel = 0x260a;
const listNumber = 0x460b;
const tableDefinition = 0xd608;
const tabChange = 0xc615;

/** Returns a function that finds the properties of the paragraph stored at a byte of the file. */
export function paragraphProperties(main: Buffer, index: Buffer): (offset: number) => ParagraphProperties | undefined {
  const count = Math.max(0, Math.floor((index.length - 4) / 8));
  const runs: Run[] = [];
  for (let page = 0; page < count; page += 1) {
    const at = (index.readUInt32LE((count + 1) * 4 + page * 4) & 0x3fffff) * 512;
    if (at + 512 <= main.length) runs.push(...readPage(main.subarray(at, at + 512)));
  }
  runs.sort((one, other) => one.start - other.start);
  return (offset) => {
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((runs[middle]?.start ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const run = runs[low - 1];
    return run !== undefined && offset < run.end ? run.properties : undefined;
  };
}

function readPage(page: Buffer): readonly Run[] {
  const count = Math.min(page[511] ?? 0, 29);
  return Array.from({ length: count }, (_, index) => {
    const at = (page[(count + 1) * 4 + index * 13] ?? 0) * 2;
    return {
      start: page.readUInt32LE(index * 4),
      end: page.readUInt32LE(index * 4 + 4),
      properties: readProperties(at === 0 ? Buffer.alloc(2) : changesAt(page, at)),
    };
  });
}

function changesAt(page: Buffer, at: number): Buffer {
  const words = page[at] ?? 0;
  const start = words === 0 ? at + 2 : at + 1;
  const length = words === 0 ? (page[at + 1] ?? 0) * 2 : words * 2 - 1;
  return page.subarray(start, Math.min(start + length, 511));
}

function readProperties(changes: Buffer): ParagraphProperties {
  const style = changes.length >= 2 ? changes.readUInt16LE(0) : 0;
  const values = new Map<number, number>();
  for (let at = 2; at + 3 <= changes.length;) {
    const operation = changes.readUInt16LE(at);
    const size = sizeOf(operation, changes, at + 2);
    if (at + 2 + size > changes.length) break;
    values.set(
      operation,
      size >= 4 ? changes.readUInt32LE(at + 2) : size >= 2 ? changes.readUInt16LE(at + 2) : (changes[at + 2] ?? 0),
    );
    at += 2 + size;
  }
  const is = (operation: number): boolean => values.get(operation) === 1;
  const level = values.get(outlineLevel);
  const isList = (values.get(listNumber) ?? 0) > 0;
  return {
    // In every document, styles 1 to 9 are the headings.
    heading: style >= 1 && style <= 9 ? style : level !== undefined && level < 9 ? level + 1 : 0,
    list: isList ? Math.min(values.get(listLevel) ?? 0, 8) : undefined,
    tables: Math.min(values.get(depthOfTables) ?? (is(inTable) ? 1 : 0), 20),
    isRowEnd: is(rowEnd) || is(innerRowEnd),
    isCellEnd: is(innerCellEnd),
  };
}

/** The length of a change after its code, in bytes. */
function sizeOf(operation: number, changes: Buffer, at: number): number {
  if (operation === tableDefinition) return at + 2 <= changes.length ? changes.readUInt16LE(at) + 1 : Infinity;
  if (operation === tabChange && changes[at] === 255) return Infinity;
  switch (operation >> 13) {
    case 0:
    case 1:
      return 1;
    case 2:
    case 4:
    case 5:
      return 2;
    case 3:
      return 4;
    case 7:
      return 3;
    default:
      return (changes[at] ?? 0) + 1;
  }
}
