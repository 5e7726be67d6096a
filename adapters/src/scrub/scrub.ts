import type { Examine } from '../database/damage/damage-watch.js';
import type { Damages } from '../database/damage/damages.js';
import { examineInChild, type Finding } from '../database/damage/examine-file.js';
import { createMarkFile, type MarkFile } from '../database/files/mark-file.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { codeOf } from '../database/storage-error.js';
import { examinedTables, rowsAtOnce, tableNames, type TableName } from './scrub-tables.js';
import { hashOfBlob, nextBlob } from './stored-blobs.js';

interface ScrubOptions {
  readonly damages: Damages;
  readonly blobsFolder: string;
  /** The file in which the scrub stores its position. */
  readonly markFile: string;
  /** Checks the whole file after SQLite reports a damaged page. Tests replace it. */
  readonly examine?: Examine;
}

const bytesAtOnce = 256 * 1024;
/** Known damage is checked again after this many steps. */
const stepsUntilRecheck = 600;

const sections = [...tableNames, 'blobs'] as const;
type Section = (typeof sections)[number];
const markLength = 96;
const reason = 'it differs from what was written';

/**
 * Reads all data of a data folder again, a small part at a time, and reports what has changed since it was written. It compares checksums
 * that are stored in heddle.db.
 *
 * @example const scrub = createScrub(database, { damages, blobsFolder, markFile }); while (!(await scrub.step())) await yieldToEventLoop();
 */
export class Scrub {
  private readonly damages: Damages;
  private readonly blobsFolder: string;
  private readonly mark: MarkFile;
  private readonly tables: ReturnType<typeof examinedTables>;
  private readonly examineFile: () => Promise<Finding>;
  private section: Section;
  private after: string;
  private steps = 0;

  constructor({ connection, file }: HeddleDatabase, options: ScrubOptions) {
    const { damages, blobsFolder, markFile, examine = examineInChild } = options;
    this.examineFile = () => examine(file);
    this.damages = damages;
    this.blobsFolder = blobsFolder;
    this.mark = createMarkFile(markFile);
    this.tables = examinedTables(connection);
    [this.section, this.after] = positionOf(this.mark.read());
  }

  /** Examines the next part. Returns whether it was the last one; the next call then starts again. */
  async step(): Promise<boolean> {
    this.steps += 1;
    if (this.steps % stepsUntilRecheck === 0) await this.recheckDamages();
    const isDone = this.section === 'blobs' ? await this.examineBlob() : await this.examineTable(this.section);
    const isLast = isDone && this.section === 'blobs';
    if (isDone) {
      this.section = sections[(sections.indexOf(this.section) + 1) % sections.length] ?? 'records';
      this.after = '';
    }
    this.mark.write(`${this.section} ${this.after}`.padEnd(markLength));
    return isLast;
  }

  close(): void {
    this.mark.close();
  }

  /**
   * A table that SQLite cannot read is skipped until the next round. SQLite also reports damage if the disk fails to read, so the whole
   * file is checked before damage is reported.
   */
  private async examineTable(name: TableName): Promise<boolean> {
    try {
      return this.examineRows(name);
    } catch (error) {
      if (codeOf(error)?.startsWith('SQLITE_CORRUPT') !== true) throw error;
      if ((await this.examineFile()) === 'damaged')
        this.damages.note(name, 'a page of it differs from what was written');
      return true;
    }
  }

  private examineRows(name: TableName): boolean {
    let bytes = 0;
    let rows = 0;
    const damaged: string[] = [];
    for (const row of this.tables[name].after(this.after)) {
      this.after = row.key;
      rows += 1;
      bytes += row.bytes;
      if (!row.isWhole) damaged.push(row.key);
      if (bytes >= bytesAtOnce) break;
    }
    // Damage is stored after the loop, because the connection cannot write while it reads.
    for (const key of damaged) this.damages.note(`${name}/${key}`, reason);
    return rows < rowsAtOnce && bytes < bytesAtOnce;
  }

  private async examineBlob(): Promise<boolean> {
    const next = await nextBlob(this.blobsFolder, this.after);
    if (next === undefined) return true;
    this.after = next;
    const found = await hashOfBlob(this.blobsFolder, next);
    if (found !== undefined && found !== next) this.damages.note(`blobs/sha256:${next}`, reason);
    return false;
  }

  private async recheckDamages(): Promise<void> {
    for (const { place } of this.damages.list()) if (!(await this.isDamaged(place))) this.damages.forget(place);
  }

  private async isDamaged(place: string): Promise<boolean> {
    const [name = '', key = ''] = place.split(/\/(.*)/s);
    if (name === 'blobs') {
      const found = await hashOfBlob(this.blobsFolder, key.replace('sha256:', ''));
      return found !== undefined && `sha256:${found}` !== key;
    }
    const table = tableNames.find((known) => known === name);
    return table !== undefined && this.tables[table].at(key)?.isWhole === false;
  }
}

/** Creates a scrub that continues where the last process stopped. */
export const createScrub = (database: HeddleDatabase, options: ScrubOptions): Scrub => new Scrub(database, options);

function positionOf(text = ''): [Section, string] {
  const [name, after = ''] = text.trim().split(' ');
  const section = sections.find((known) => known === name);
  return section === undefined ? ['records', ''] : [section, after];
}
