import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultLimits } from './limits.js';
import { ParseHost } from './parse-host.js';

const page = { name: 'page.html', mediaType: 'text/html', content: '<p>The weft is drawn through the warp.</p>' };

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the child that reads documents', () => {
  let host: ParseHost;
  beforeEach(() => {
    host = new ParseHost(defaultLimits);
  });
  afterEach(() => host.close());

  it('is kept for the next document, and has ended after it was closed', async () => {
    await host.parse(page);
    const pid = host.pid ?? 0;
    await host.parse(page);
    expect(host.pid).toBe(pid);
    await host.close();
    expect(lives(pid)).toBe(false);
  });

  it('is ended although its predecessor had not ended when it began', async () => {
    await host.parse(page);
    const first = host.pid;
    const closed = host.close();
    const parsed = host.parse(page);
    await closed;
    await parsed;
    const second = host.pid ?? 0;
    expect(second).not.toBe(first);
    expect(lives(second)).toBe(true);
    await host.close();
    expect(lives(second)).toBe(false);
  });
});
