import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashRow, type AuditRow } from '../audit/audit-chain.js';
import { hashFile } from '../blobs/hash-in-turns.js';
import { acceptedColumns, isWholeAcceptance, isWholeBundle, type AcceptedRow } from '../journal/accepted-rows.js';
import type { Damages } from '../database/damage/damages.js';
import { createMarkFile } from '../database/files/mark-file.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { codeOf } from '../database/storage-error.js';
import { isWholeVersion, versionColumns, type StoredVersionRow } from '../stores/version-rows.js';
import { isWhole, recordColumns, type RecordRow } from '../journal/stored-rows.js';

export interface ScrubOptions {
  readonly damages: Damages;
  readonly blobsFolder: string;
  /** Where it remembers how far it came. */
  readonly markFile: string;
}

/** Reads everything again that is stored, a small part at a time, and notes what is not as it was written. */
export interface Scrub {
  /** Looks at the next part. Gives whether that was the last one; the next call begins anew. */
  step(): Promise<boolean>;
  close(): void;
}

/** Rows and bytes that hold up the event loop for a millisecond or two. */
const rowsAtOnce = 200;
const bytesAtOnce = 256 * 1024;
/** A known damage is looked at again after so many steps. */
const lookAgain = 600;

const sections = ['records', 'runs', 'bundles', 'versions', 'audit', 'blobs'] as const;
type Section = (typeof sections)[number];
const markLength = 96;
const reason = 'it is not as it was written';

/** Every row with its size, behind a place, in the order of its key; whether it is whole. */
interface Looked {
  readonly key: string;
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** @example const scrub = createScrub(database, { damages, blobsFolder, markFile }); while (!(await scrub.step())) await nextTurn(); */
export function createScrub({ connection }: HeddleDatabase, options: ScrubOptions): Scrub {
  const { damages, blobsFolder, markFile } = options;
  const mark = createMarkFile(markFile);
  const tables = tablesOf(connection);
  let [section, after] = positionOf(mark.read());
  let steps = 0;

  /** A table that SQLite cannot read is left for the next round. */
  function lookAtTable(name: Exclude<Section, 'blobs'>): boolean {
    try {
      return lookAtRows(name);
    } catch (error) {
      if (codeOf(error)?.startsWith('SQLITE_CORRUPT') !== true) throw error;
      damages.note(name, 'a page of it is not as it was written');
      return true;
    }
  }

  function lookAtRows(name: Exclude<Section, 'blobs'>): boolean {
    let [bytes, rows] = [0, 0];
    const damaged: string[] = [];
    for (const row of tables[name].behind(after)) {
      after = row.key;
      rows += 1;
      bytes += row.bytes;
      if (!row.isWhole) damaged.push(row.key);
      if (bytes >= bytesAtOnce) break;
    }
    // Only now: the connection writes nothing while it reads.
    for (const key of damaged) damages.note(`${name}/${key}`, reason);
    return rows < rowsAtOnce && bytes < bytesAtOnce;
  }

  /** One value at a time: it is hashed as it is read, however large it is. */
  async function lookAtNextBlob(): Promise<boolean> {
    const next = await nextBlob(blobsFolder, after);
    if (next === undefined) return true;
    after = next;
    const found = await hashOf(next);
    if (found !== undefined && found !== next) damages.note(`blobs/sha256:${next}`, reason);
    return false;
  }

  /** Undefined where it was removed meanwhile. */
  async function hashOf(hex: string): Promise<string | undefined> {
    try {
      return await hashFile(join(blobsFolder, hex.slice(0, 2), hex.slice(2)));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async function isDamaged(place: string): Promise<boolean> {
    const [name = '', key = ''] = place.split(/\/(.*)/s);
    if (name === 'blobs') {
      const found = await hashOf(key.replace('sha256:', ''));
      return found !== undefined && `sha256:${found}` !== key;
    }
    const table = sections.find((known): known is Exclude<Section, 'blobs'> => known === name && known !== 'blobs');
    return table !== undefined && tables[table].at(key)?.isWhole === false;
  }

  return {
    async step() {
      steps += 1;
      if (steps % lookAgain === 0)
        for (const { place } of damages.list()) if (!(await isDamaged(place))) damages.forget(place);
      const isDone = section === 'blobs' ? await lookAtNextBlob() : lookAtTable(section);
      const isLast = isDone && section === 'blobs';
      if (isDone) [section, after] = [sections[(sections.indexOf(section) + 1) % sections.length] ?? 'records', ''];
      mark.write(`${section} ${after}`.padEnd(markLength));
      return isLast;
    },
    close: () => mark.close(),
  };
}

function positionOf(words = ''): [Section, string] {
  const [name, after = ''] = words.trim().split(' ');
  const section = sections.find((known) => known === name);
  return section === undefined ? ['records', ''] : [section, after];
}

interface Table {
  behind(key: string): Iterable<Looked>;
  at(key: string): Looked | undefined;
}

function tablesOf(connection: HeddleDatabase['connection']): Readonly<Record<Exclude<Section, 'blobs'>, Table>> {
  /** A table by its key, which is a number where `first` is one. */
  const table = <Row>(
    columns: string,
    from: string,
    key: string,
    first: number | string,
    look: (row: Row) => Looked,
  ) => {
    const behind = connection.prepare<[number | string], Row>(
      `SELECT ${columns} FROM ${from} WHERE ${key} > ? ORDER BY ${key} LIMIT ${rowsAtOnce}`,
    );
    const at = connection.prepare<[number | string], Row>(`SELECT ${columns} FROM ${from} WHERE ${key} = ?`);
    const keyOf = (text: string): number | string => (typeof first === 'number' ? Number(text) : text);
    return {
      *behind(text: string): Iterable<Looked> {
        for (const row of behind.iterate(text === '' ? first : keyOf(text))) yield look(row);
      },
      at(text: string) {
        const row = at.get(keyOf(text));
        return row === undefined ? undefined : look(row);
      },
    };
  };
  const accepted = acceptedUpTo(connection);
  return {
    records: table<RecordRow>(recordColumns, 'records', 'number', 0, (row) => ({
      key: String(row.number),
      bytes: row.body.length,
      isWhole: isWhole(row),
    })),
    runs: table<AcceptedRow>(acceptedColumns, 'runs', 'number', 0, (row) => ({
      key: String(row.number),
      bytes: row.acceptance.length,
      isWhole: isWholeAcceptance(row),
    })),
    bundles: table<{ hash: string; content: string }>('hash, content', 'bundles', 'hash', '', (row) => ({
      key: row.hash,
      bytes: row.content.length,
      isWhole: isWholeBundle(row),
    })),
    versions: table<StoredVersionRow>(versionColumns, 'versions', 'rowid', 0, (row) => ({
      key: String(row.number),
      bytes: row.body.length + row.bundle.length,
      isWhole: isWholeVersion(row),
    })),
    audit: table<AuditRow>('*', 'audit', 'number', 0, (row) => ({
      key: String(row.number),
      bytes: row.details.length,
      isWhole: row.hash === hashRow(row) || row.number <= accepted(),
    })),
  };
}

/** What somebody accepted as it is, with a reason, is not told again. */
function acceptedUpTo(connection: HeddleDatabase['connection']): () => number {
  const last = connection
    .prepare<[], number | null>(
      "SELECT max(details ->> 'records') FROM audit WHERE subject = 'audit' AND act = 'setting' AND details ->> 'step' = 'accepted as it is'",
    )
    .pluck();
  return () => last.get() ?? 0;
}

/** The hash of the first stored value behind this one. */
async function nextBlob(folder: string, after: string): Promise<string | undefined> {
  const names = async (path: string, form: RegExp): Promise<string[]> =>
    (await readdir(path).catch(() => [])).filter((name) => form.test(name)).sort();
  for (const start of await names(folder, /^[0-9a-f]{2}$/)) {
    if (start < after.slice(0, 2)) continue;
    const found = (await names(join(folder, start), /^[0-9a-f]{62}$/)).find((rest) => `${start}${rest}` > after);
    if (found !== undefined) return `${start}${found}`;
  }
  return undefined;
}
