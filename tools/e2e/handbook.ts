import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { root, temporaryFolder } from './built-program.js';

/** A template that answers from the handbook. */
export const sample = join(root, 'workflows', 'ask-the-handbook');

/**
 * Makes a folder with only the chapter that answers the question of the tests, under its usual name, because importing the whole handbook
 * takes 20 seconds.
 */
export function chapterOfHandbook(): string {
  const folder = join(temporaryFolder(), 'handbook');
  cpSync(join(sample, 'handbook', 'people'), join(folder, 'people'), { recursive: true });
  return folder;
}
