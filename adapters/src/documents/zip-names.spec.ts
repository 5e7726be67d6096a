import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docx, epub, paragraph } from '../testing/files/office-files.js';
import { createDocuments } from './create-documents.js';

/** Names of entries that a careless program would use as paths, each with `hit` in it. */
const entryNames = (outside: string): readonly string[] => [
  '../hit.txt',
  '../../../../../../../../tmp/hit.txt',
  `${outside}/hit.txt`,
  `../../../../../../../..${outside}/hit.txt`,
  '/etc/cron.d/hit',
  'word/../../hit.xml',
  'word\\..\\..\\hit.xml',
  '..\\..\\hit.txt',
  'C:\\hit.txt',
  '\\\\host\\share\\hit.txt',
  './../hit.txt',
  'a/b/../../../hit.txt',
  'hit\u0000.txt',
  'hit.txt/',
  '~/hit.txt',
  '%2e%2e/hit.txt',
  '..;/hit.txt',
  `${'a/'.repeat(2_000)}hit.txt`,
  `${'x'.repeat(60_000)}hit`,
  '__proto__/hit.txt',
  'constructor',
  'CON/hit.txt',
  '.ssh/authorized_keys.hit',
  'node_modules/hit/index.js',
  'package.json.hit',
];

describe('names of entries in packages', () => {
  const documents = createDocuments();
  let outside: string;
  beforeAll(() => {
    outside = mkdtempSync(join(tmpdir(), 'heddle-zip-'));
  });
  afterAll(async () => {
    await documents.close();
    rmSync(outside, { recursive: true });
  });
  /**
   * All files to which a name could lead. Other programs use the folder for temporary files too, so only files with our name count there.
   */
  const lying = (): string[] =>
    [outside, tmpdir(), process.cwd(), join(process.cwd(), '..')].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => folder !== tmpdir() || name.includes('hit'))
        .map((name) => join(folder, name)),
    );

  it('are never used as paths, and change no prototype', async () => {
    const names = entryNames(outside);
    const before = lying();
    for (const name of names)
      for (const [file, content] of [
        ['a.docx', docx(paragraph('Text'), [{ name, content: 'hit' }])],
        ['a.epub', epub(['<p>Text</p>'], [{ name, content: 'hit' }])],
      ] as const) {
        const parsed = await documents.parse(content, { name: file }).then(
          () => 'read',
          (error: unknown) => (error instanceof HeddleError ? error.code : 'unexpected'),
        );
        expect([name.slice(0, 40), parsed]).toEqual([
          name.slice(0, 40),
          expect.stringMatching(/^(?:read|document_\w+)$/),
        ]);
      }
    expect(lying()).toEqual(before);
    expect(existsSync('/etc/cron.d/hit')).toBe(false);
    expect(({} as Record<string, unknown>)['hit']).toBeUndefined();
  }, 60_000);
});
