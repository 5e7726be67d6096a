import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, it } from '@jest/globals';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { copyData } from './__fixtures__/copy-data.js';
import { fuzzJournal, type FuzzedJournal } from './__fixtures__/journal-fuzz.js';

/**
 * A journal in a folder of its own. After a crash, the new journal works in another folder, so that late writes of the old one do not
 * count.
 */
async function openFuzzed(): Promise<FuzzedJournal> {
  const temporary = temporaryFolder();
  let opened = openJournal(temporary.folder);
  const left: OpenJournal[] = [];
  return {
    get journal() {
      return opened.journal;
    },
    async restart() {
      await opened.close();
      opened = openJournal(dirname(opened.database.file));
    },
    async crash() {
      const folder = copyData(dirname(opened.database.file));
      left.push(opened);
      opened = openJournal(folder);
    },
    later: () => opened.clock.advance(50),
    /** A write that SQLite reports to every other connection, so that cached reads no longer count. */
    async writeAsOther() {
      const other = new Database(opened.database.file);
      other.prepare("INSERT OR REPLACE INTO bundles VALUES ('other', ?)").run(String(Math.random()));
      other.close();
    },
    async close() {
      for (const one of [...left, opened]) await one.close();
      temporary.remove();
    },
  };
}

describe('the SQLite journal, compared with a list', () => {
  it(
    'returns what was appended, in order and with any page size, across restarts (J2, J5)',
    () => fuzzJournal(openFuzzed, 40),
    60_000,
  );
});
