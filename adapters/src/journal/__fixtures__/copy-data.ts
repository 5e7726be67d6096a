import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Copies a data folder as a process left it that was killed now, to a new folder inside it. */
export function copyData(folder: string): string {
  const names = readdirSync(folder).filter((name) => !name.startsWith('copy-'));
  const copy = join(folder, `copy-${readdirSync(folder).length}`);
  mkdirSync(copy);
  for (const name of names) cpSync(join(folder, name), join(copy, name), { recursive: true });
  return copy;
}
