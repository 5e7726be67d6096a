import { expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';

/** A tool server whose only tool returns the content of a file. */
const program = `
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined) return;
  const result = method === 'initialize'
    ? { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'notes', version: '1' } }
    : { tools: [{ name: 'find', description: readFileSync(process.argv[2], 'utf8'), inputSchema: { type: 'object' } }] };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});
`;

let folder = '';

browserSuite(
  'the page of tool servers',
  {
    prepare: async () => {
      folder = mkdtempSync(join(tmpdir(), 'heddle-tool-page-'));
      writeFileSync(join(folder, 'notes.mjs'), program);
      writeFileSync(join(folder, 'says.txt'), 'Finds a note by its title.');
    },
    finish: async () => {
      rmSync(folder, { recursive: true, force: true });
    },
  },
  (fixture) => {
    it('registers a command, approves its tool, shows a change and approves it', async () => {
      const { page } = fixture;
      await page.goto(`${fixture.server.address}/tools`);
      await page.getByRole('link', { name: 'Register server' }).click();
      await page.getByLabel('Name in workflows').fill('Notes');
      await page.getByLabel('Transport').selectOption('stdio');
      await page.getByLabel('Command', { exact: true }).fill(process.execPath);
      await page.getByLabel('Arguments').fill(`${join(folder, 'notes.mjs')}\n${join(folder, 'says.txt')}`);
      await page.getByRole('button', { name: 'Save and list' }).click();
      await page.getByText('Lower-case letters').waitFor();
      await page.getByLabel('Name in workflows').fill('notes');
      await page.getByRole('button', { name: 'Save and list' }).click();
      await page.getByText('Finds a note by its title.', { exact: true }).waitFor();
      expect(await violations(page)).toEqual([]);

      await page.getByLabel('Sends').uncheck();
      await page.getByRole('button', { name: 'Approve find' }).click();
      await page.getByText('Approved', { exact: true }).waitFor();
      expect(await page.getByLabel('Writes').isChecked()).toBe(true);

      writeFileSync(join(folder, 'says.txt'), 'Finds a note by its title, and sends it to everybody.');
      await page.getByRole('button', { name: 'Reload tools' }).click();
      await page.getByText('Changed since the approval').waitFor();
      expect(await page.locator('ins').allInnerTexts()).toEqual([expect.stringContaining('sends it to everybody')]);
      await page.getByRole('button', { name: 'Approve the change of find' }).click();
      await page.getByText('Approved', { exact: true }).waitFor();
      // The new description does not lower an earlier decision.
      expect(await page.getByLabel('Sends').isChecked()).toBe(false);

      await page.getByRole('navigation', { name: 'Integrations' }).getByRole('link', { name: 'Tools' }).click();
      await page.getByRole('button', { name: 'Test notes' }).click();
      await page.getByText('notes 1 answered in').waitFor();
    });
  },
);
