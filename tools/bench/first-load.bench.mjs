import { findChromium, noChromium } from '../testing/find-chromium.mjs';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

const repeats = 7;

/** The workflow that is opened, so that the canvas is measured as well. */
const workflow = {
  heddle: 2,
  name: 'Bench',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [{ from: 'question.text', to: 'reply.text' }],
};

export const cases = [
  {
    name: 'first-load',
    title: 'the editor from a warm server in a browser that has nothing stored: home, and a workflow by its link',
    run: async () => {
      const executablePath = findChromium();
      if (executablePath === undefined) return noChromium;
      const { chromium } = await import('playwright-core');
      return inTemporaryFolder(async (folder) => {
        const server = await startServer(folder);
        const { slug } = await server.post('/api/workflows', { document: workflow });
        const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
        try {
          const home = await measure(browser, server.address, (page) =>
            page.getByRole('button', { name: 'New workflow' }).and(page.locator(':enabled')).waitFor(),
          );
          const canvas = await measure(browser, `${server.address}/workflows/${slug}`, (page) =>
            page.locator('article').nth(1).waitFor(),
          );
          return [...rows('home', home), ...rows('workflow', canvas)];
        } finally {
          await browser.close();
          await server.stop();
        }
      });
    },
  },
];

/** Opens an address several times, each time in an empty browser profile. The first time does not count. */
async function measure(browser, address, isUsable) {
  const loads = [];
  for (let index = 0; index <= repeats; index += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const begin = performance.now();
    await page.goto(address, { waitUntil: 'commit' });
    await isUsable(page);
    const ms = performance.now() - begin;
    await page.waitForLoadState('networkidle');
    // The bytes that were transferred. On a loopback address, Chromium accepts Brotli; other browsers accept gzip.
    const bytes = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    );
    await context.close();
    if (index > 0) loads.push({ ms, bytes });
  }
  return loads;
}

const rows = (what, loads) => [
  { case: `first-load-${what}`, unit: 'ms', samples: loads.map(({ ms }) => ms) },
  { case: `first-load-${what}-js`, unit: 'kB', samples: loads.map(({ bytes }) => bytes / 1000) },
];
