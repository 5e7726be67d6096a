import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { root, temporaryFolder } from './built-program.js';

/** A ready workflow that answers out of the handbook. */
export const sample = join(root, 'workflows', 'ask-the-handbook');

/** The chapter that answers the question of the tests, under the name that it has in the handbook: all of it takes a third of a minute to take in. */
export function chapterOfHandbook(): string {
  const folder = join(temporaryFolder(), 'handbook');
  cpSync(join(sample, 'handbook', 'people'), join(folder, 'people'), { recursive: true });
  return folder;
}
