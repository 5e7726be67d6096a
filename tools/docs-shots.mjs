// `npm run docs:shots -- [URL]`: the pictures of the documentation, taken from a Heddle that runs (default http://127.0.0.1:3000).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './bootstrap/repository.mjs';

const address = process.argv[2] ?? 'http://127.0.0.1:3000';
const executablePath = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (file) => file !== undefined && existsSync(file),
);
if (executablePath === undefined) {
  process.stderr.write('No Chromium was found: install it, or name it in CHROME_PATH.\n');
  process.exit(1);
}
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
const shot = (page, name) => page.screenshot({ path: join(root, 'docs', 'images', `${name}.png`) });

const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'light' });
await page.goto(`${address}/workflows/ask-the-handbook`);
await page.getByLabel('Your question', { exact: true }).fill('Who founded Silverheron Looms, and in which year?');
await page.getByRole('button', { name: /^Run/ }).first().click();
await page
  .getByText(/Streaming|Writing/)
  .first()
  .waitFor({ timeout: 60_000 });
await page.waitForTimeout(200);
await shot(page, 'run');
await browser.close();
