import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished } from '../testing/open-published.js';

const main = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector-cli');
const inspector = join(dirname(main), 'index.js'); // The program that the package's main file starts, here without a page.

describe('the MCP channel, called by the official inspector', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openPublished();
  });
  afterAll(() => server.close());

  async function inspect(...options: string[]): Promise<unknown> {
    const given = [inspector, `${server.address}/mcp`, '--transport', 'http', ...options];
    const { stdout } = await promisify(execFile)(process.execPath, given);
    return JSON.parse(stdout) as unknown;
  }

  it('lists the tools with their schemas', async () => {
    expect(await inspect('--method', 'tools/list')).toMatchObject({
      tools: [{ name: 'echo', inputSchema: { type: 'object', required: ['question'] } }],
    });
  });

  it('calls a tool, and gets the reason when a call is wrong', async () => {
    const call = ['--method', 'tools/call', '--tool-name', 'echo'];
    expect(await inspect(...call, '--tool-arg', 'question=hi')).toMatchObject({
      content: [{ type: 'text', text: 'You asked: hi' }],
      structuredContent: { answer: 'You asked: hi' },
    });
    expect(await inspect(...call)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('input_missing') }],
    });
  });
});
