import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Headless shells come first: a page takes less than half of the processor time there. */
const names = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** What a script prints where `findChromium` finds none. */
export const noChromium = 'no Chromium or Chrome was found: install one, or name its file in CHROME_PATH';

/**
 * The file of a Chromium or Chrome on this machine: the one that `CHROME_PATH` names, else the first usual name in `PATH`. Undefined where there is none,
 * and where `CHROME_PATH` names a file that does not exist.
 */
export function findChromium(environment = process.env, exists = existsSync) {
  const named = environment.CHROME_PATH;
  if (named !== undefined && named !== '') return exists(named) ? named : undefined;
  const folders = (environment.PATH ?? '').split(delimiter);
  const files = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...files, ...applications].find((file) => exists(file));
}
