import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Headless shells come first, because a page takes less than half the processor time in them. */
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

/** The message of a script if `findChromium` finds no browser. */
export const noChromium = 'no Chromium or Chrome was found: install one, or name its file in CHROME_PATH';

/**
 * Finds the file of a Chromium or Chrome on this machine: the one in `CHROME_PATH`, or else the first usual name in `PATH`. Undefined if
 * there is none, or if `CHROME_PATH` names a file that does not exist.
 */
export function findChromium(environment = process.env, exists = existsSync) {
  const named = environment.CHROME_PATH;
  if (named !== undefined && named !== '') return exists(named) ? named : undefined;
  const folders = (environment.PATH ?? '').split(delimiter);
  const files = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...files, ...applications].find((file) => exists(file));
}
