import { expect, it } from '@jest/globals';
import { failpoints } from '@heddle/adapters/database';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

it('the page about durability tests lists exactly the failpoints of the code', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'durability-tests.md'), 'utf8');
  const table = page.slice(page.indexOf('| point '), page.indexOf('## At random moments'));
  const documented = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
  expect(documented).toEqual(Object.keys(failpoints));
});
