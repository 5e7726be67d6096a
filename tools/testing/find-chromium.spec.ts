import { describe, expect, it } from '@jest/globals';
import { delimiter } from 'node:path';
import { findChromium } from './find-chromium.mjs';

const path = ['/usr/local/bin', '/usr/bin'].join(delimiter);
const find = (environment: Record<string, string>, files: readonly string[]) =>
  findChromium(environment, (file) => files.includes(file));

describe('findChromium', () => {
  it('uses the file that CHROME_PATH names', () =>
    expect(find({ PATH: path, CHROME_PATH: '/opt/chrome' }, ['/opt/chrome', '/usr/bin/chromium'])).toBe('/opt/chrome'));

  it('finds none if CHROME_PATH names a file that does not exist', () =>
    expect(find({ PATH: path, CHROME_PATH: '/opt/chrome' }, ['/usr/bin/chromium'])).toBeUndefined());

  it('prefers the headless shell in the same folder', () =>
    expect(find({ PATH: path }, ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell'])).toBe(
      '/usr/bin/chromium-headless-shell',
    ));

  it('finds a macOS application', () => {
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(find({}, [chrome])).toBe(chrome);
  });

  it('finds none if none is installed', () => expect(find({ PATH: path }, [])).toBeUndefined());
});
