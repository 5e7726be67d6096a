// `npm run docs:shots -- [URL] [SCENE…]`: takes the pictures of the documentation from a running Heddle (default http://127.0.0.1:3000)
// with the sample workflow, its collection and the starter models, as the first start creates them.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './bootstrap/repository.mjs';
import { prepareIntegrations } from './docs/integrations-scene.mjs';
import { prepareShare } from './docs/share-scene.mjs';
import { findChromium, noChromium } from './testing/find-chromium.mjs';

const args = process.argv.slice(2);
const address = args.find((argument) => argument.startsWith('http')) ?? 'http://127.0.0.1:3000';
const wanted = args.filter((argument) => !argument.startsWith('http'));
const mostBytes = 150_000;
const executablePath = findChromium();
if (executablePath === undefined) {
  process.stderr.write(`${noChromium}\n`);
  process.exit(1);
}
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

/** Waits until fonts are loaded and nothing moves any more, then takes the picture. */
async function shot(page, name, settleMs = 400) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(settleMs);
  const path = join(root, 'docs', 'images', `${name}.png`);
  await page.screenshot({ path });
  if (statSync(path).size > mostBytes) process.stderr.write(`${name}.png is larger than ${mostBytes / 1000} kB.\n`);
}

const scenes = {
  async run(page) {
    await page.goto(`${address}/workflows/ask-the-handbook`);
    await page.getByLabel(/^Your question/).fill('Who founded Silverheron Looms, and in which year?');
    const run = page.getByRole('button', { name: /^Run\b/ }).first();
    // The first run only warms up: in the second, the model is loaded and has read the passages, as in daily use.
    await run.click();
    await page.getByRole('region', { name: 'Result' }).getByText('Done').first().waitFor({ timeout: 90_000 });
    await run.click();
    await page.locator('.canvas_card[data-status=streaming] .canvas_card-stream').waitFor({ timeout: 60_000 });
    await shot(page, 'run', 200);
  },
  async home(page) {
    await page.goto(address);
    await page.getByText('Chat with documents').waitFor();
    await page.getByText('llama').or(page.getByText('Loaded')).first().waitFor();
    await page.locator('.home_sketch-icon').first().waitFor();
    await page
      .getByText(/^Running/)
      .first()
      .waitFor({ state: 'detached', timeout: 60_000 });
    await shot(page, 'home');
  },
  async settings(page) {
    await page.goto(`${address}/workflows/ask-the-handbook`);
    await page.getByRole('article', { name: 'Answer', exact: true }).click();
    await page
      .getByRole('textbox', { name: /Max tokens|Temperature/ })
      .first()
      .waitFor()
      .catch(() => undefined);
    await shot(page, 'settings');
  },
  async palette(page) {
    await page.goto(`${address}/workflows/ask-the-handbook`);
    await page.getByRole('article', { name: 'Answer', exact: true }).waitFor();
    await page.locator('.workflow-canvas').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.type('search');
    await shot(page, 'palette');
  },
  async inside(page) {
    const reply = await fetch(`${address}/api/templates/summarise`, { method: 'POST' });
    const { workflow } = await reply.json();
    try {
      await page.goto(`${address}/workflows/${workflow.slug}`);
      await page
        .getByRole('article', { name: 'Summarise each part', exact: true })
        .locator('.canvas_card-icon')
        .dblclick();
      await page.getByRole('navigation', { name: 'Outer workflows' }).waitFor();
      // Moves the pointer off the cards, so that no tooltip is shown.
      await page.mouse.move(640, 600);
      // The ports are shown once the server has compiled the workflow.
      await page.waitForLoadState('networkidle');
      await shot(page, 'inside');
    } finally {
      await fetch(`${address}/api/workflows/${workflow.id}`, { method: 'DELETE' });
    }
  },
  async models(page) {
    await page.goto(`${address}/models`);
    await page.getByText('llama.cpp').first().waitFor();
    await page
      .getByRole('button', { name: /^Try SmolLM2/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText(/^Done/).waitFor({ timeout: 60_000 });
    await shot(page, 'models');
  },
  async collection(page) {
    await page.setViewportSize({ width: 1200, height: 640 });
    await page.goto(`${address}/collections/handbook`);
    await page.getByRole('searchbox').fill('meal allowance on business trips');
    await page.keyboard.press('Enter');
    const first = page.getByRole('list', { name: 'Results' }).getByRole('button').first();
    await first.waitFor({ timeout: 30_000 });
    await shot(page, 'search');
    await first.click();
    await page.locator('[data-shown]').first().waitFor();
    await page.locator('.collections_collection-columns').evaluate((element) => element.scrollIntoView());
    await shot(page, 'passages');
  },
  async share(page) {
    const link = await prepareShare(address);
    try {
      await page.setViewportSize({ width: 1100, height: 760 });
      await page.goto(`${address}${link.path}`);
      await page.getByRole('button', { name: link.examples[0] }).click();
      await page.getByRole('button', { name: 'Copy' }).waitFor({ timeout: 120_000 });
      await page.locator('.source-fold summary').first().click();
      await shot(page, 'share');
    } finally {
      await link.tidy();
    }
  },
  async integrations(page) {
    const tidy = await prepareIntegrations(address);
    try {
      await page.goto(`${address}/connections`);
      await page.getByText('Office server').waitFor();
      await shot(page, 'connections');
      await page.goto(`${address}/policies/house`);
      await page.getByText(/decisions would change/).waitFor();
      await shot(page, 'policy');
    } finally {
      await tidy();
    }
    await page.goto(`${address}/workflows/ask-the-handbook`);
    await page.getByRole('button', { name: /^Show data map/ }).click();
    await page.getByRole('dialog', { name: 'Data map' }).getByText('Reply of the workflow').waitFor();
    await shot(page, 'data-map');
  },
};

let hasFailed = false;
for (const [name, scene] of Object.entries(scenes)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'light' });
  page.setDefaultTimeout(20_000);
  try {
    await scene(page);
  } catch (error) {
    hasFailed = true;
    process.stderr.write(`${name}: ${error.message}\n`);
  }
  await page.close();
}
await browser.close();
process.exit(hasFailed ? 1 : 0);
