import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runChild } from '../../testing/run-child.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

const source = fileURLToPath(new URL('../../../../tools/testing/refuse-files.c', import.meta.url));
const faultChild = new URL('./__fixtures__/fault-child.js', import.meta.url);

describe('a disk that refuses reads and writes', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeAll(() => {
    temporary = temporaryFolder();
  });
  afterAll(() => temporary.remove());

  it('is reported with its cause, and everything continues when it works again', async () => {
    const library = join(temporary.folder, 'refuse-files.so');
    const made = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
    if (process.platform !== 'linux' || made.status !== 0) {
      process.stdout.write('skipped: there is no C compiler here\n');
      return;
    }
    const [data, read, write] = ['data', 'refuse-reads', 'refuse-writes'].map((name) => join(temporary.folder, name));
    const end = await runChild(faultChild, [data ?? '', read ?? '', write ?? ''], {
      environment: { LD_PRELOAD: library, FAULT_READ: read ?? '', FAULT_WRITE: write ?? '' },
    });
    expect(end.errors).toBe('');
    expect(end.lines).toEqual([
      expect.stringMatching(/^read storage_failed SQLITE_CORRUPT .*checks the file/),
      expect.stringMatching(/^accept storage_failed /),
      'look ok "again"',
      expect.stringMatching(/^accept storage_failed .*disk cannot read/),
      'accept ok "again"',
      'read ok 200',
      expect.stringMatching(/^EIO storage_failed SQLITE_IOERR_WRITE .*disk does not respond/),
      expect.stringMatching(/^EROFS storage_read_only SQLITE_IOERR_WRITE .*mounted read-only/),
      expect.stringMatching(/^EDQUOT storage_full SQLITE_IOERR_WRITE .*quota or a limit/),
      'append ok 201',
    ]);
    expect(readdirSync(data ?? '').filter((name) => name.includes('probe'))).toEqual([]);
  }, 60_000);
});
