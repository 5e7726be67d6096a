import { findChromium, noChromium } from '../testing/find-chromium.mjs';
import { inTemporaryFolder, seeded } from './shared.mjs';
import { startServer } from './server-process.mjs';

const nodeCount = 1000;
const edgeCount = 1500;
const columns = 40;

/** Makes 1,000 prompt nodes in a grid and 1,500 edges that lead to the right, each into its own input. */
function largeWorkflow() {
  const random = seeded(7);
  const nodes = {};
  const positions = {};
  const inputs = new Map();
  const edges = [];
  for (let index = 0; index < nodeCount; index += 1) {
    positions[`n${index}`] = [(index % columns) * 330, Math.floor(index / columns) * 220];
    inputs.set(`n${index}`, []);
  }
  while (edges.length < edgeCount) {
    const from = Math.floor(random() * (nodeCount - 1));
    const rowEnd = Math.min(nodeCount - 1, from + 1 + Math.floor(random() * 3) + (random() < 0.3 ? columns : 0));
    if (rowEnd % columns <= from % columns) continue;
    const fields = inputs.get(`n${rowEnd}`);
    if (fields.length >= 4) continue;
    const name = `in${fields.length}`;
    fields.push(name);
    edges.push({ from: `n${from}.text`, to: `n${rowEnd}.${name}` });
  }
  for (const [id, fields] of inputs) {
    const template = fields.length === 0 ? 'Words' : fields.map((name) => `{{ ${name} }}`).join(' ');
    nodes[id] = { type: 'prompt', version: 1, title: `Step ${id.slice(1)}`, config: { template } };
  }
  return { heddle: 2, name: 'Large', nodes, edges, layout: { nodes: positions, notes: [], groups: [] } };
}

/** Gives the milliseconds between frames while work runs. */
async function frames(page, work) {
  await page.evaluate(() => {
    const times = [];
    const next = (time) => {
      times.push(time);
      window.benchFrame = requestAnimationFrame(next);
    };
    window.benchTimes = times;
    window.benchFrame = requestAnimationFrame(next);
  });
  await work();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(window.benchFrame);
    return window.benchTimes;
  });
  return times.slice(1).map((time, index) => time - times[index]);
}

const middle = { x: 640, y: 480 };

async function pan(page, button = 'left') {
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down({ button });
  for (let step = 1; step <= 60; step += 1) await page.mouse.move(middle.x - step * 4, middle.y - step * 2);
  await page.mouse.up({ button });
}

async function zoom(page) {
  await page.mouse.move(middle.x, middle.y);
  for (let step = 0; step < 40; step += 1) {
    await page.mouse.wheel(0, step % 8 < 4 ? 40 : -40);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** Drags the card nearest to the middle of the window. */
async function drag(page, selector) {
  const at = await page.evaluate(
    ([wanted, x, y]) => {
      const boxes = [...document.querySelectorAll(wanted)].map((element) => element.getBoundingClientRect());
      const inside = boxes.filter((box) => box.left > 80 && box.top > 80 && box.right < 1000 && box.bottom < 800);
      const distance = (box) => Math.hypot(box.left + box.width / 2 - x, box.top + Math.min(16, box.height / 2) - y);
      inside.sort((a, b) => distance(a) - distance(b));
      const box = inside[0];
      return { x: box.left + box.width / 2, y: box.top + Math.min(16, box.height / 2) };
    },
    [selector, middle.x, middle.y],
  );
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  for (let step = 1; step <= 60; step += 1) await page.mouse.move(at.x + step * 2, at.y + step);
  await page.mouse.up();
}

/** Measures the time from a key press in the inspector to the next frame that shows it. */
async function typing(page) {
  const samples = [];
  for (const letter of 'the quick brown fox jumps over the lazy dog') {
    await page.evaluate(() => {
      window.benchTyped = new Promise((resolve) => {
        const begin = (event) => {
          const time = event.timeStamp;
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - time)));
        };
        window.addEventListener('keydown', begin, { once: true, capture: true });
      });
    });
    await page.keyboard.press(letter === ' ' ? 'Space' : letter);
    samples.push(await page.evaluate(() => window.benchTyped));
  }
  return samples;
}

async function measure(page, address) {
  const results = [];
  const open = [];
  for (let round = 0; round < 3; round += 1) {
    await page.goto('about:blank');
    const begin = performance.now();
    await page.goto(address, { waitUntil: 'commit' });
    await page.locator('.react-flow__node article').first().waitFor();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    open.push(performance.now() - begin);
  }
  results.push({ case: 'canvas-open', unit: 'ms', samples: open });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
  // The view begins at a small section; the steps of the keyboard lead to zoom 1.
  const scaleNow = () =>
    page.evaluate(() => new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform).a);
  await page.locator('.workflow-canvas').focus();
  for (let step = 0; step < 24 && (await scaleNow()) < 0.95; step += 1) {
    await page.keyboard.press('+');
    await page.waitForTimeout(300);
  }
  // A horizontal edge has no height, so the browser reports it as hidden.
  await page.locator('.react-flow__edge').first().waitFor({ state: 'attached' });
  for (const [name, work] of [
    ['pan', pan],
    ['zoom', zoom],
    ['drag', (one) => drag(one, '.canvas_card-head')],
  ]) {
    results.push({ case: `canvas-${name}-near`, unit: 'ms', samples: await frames(page, () => work(page)) });
  }
  await page.locator('.workflow-canvas').focus();
  const typed = page.locator('.run-panel_panel textarea, .run-panel_panel .cm-content').first();
  await typed.click();
  results.push({ case: 'canvas-typing', unit: 'ms', samples: await typing(page) });
  await page.locator('.workflow-canvas').focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('1');
  await page
    .locator('.canvas_plain-box')
    .nth(nodeCount - 1)
    .waitFor({ state: 'attached' });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
  for (const [name, work] of [
    ['pan', pan],
    ['zoom', zoom],
    ['drag', (one) => drag(one, '.canvas_plain-box')],
  ]) {
    results.push({ case: `canvas-${name}-all`, unit: 'ms', samples: await frames(page, () => work(page)) });
    await page.keyboard.press('1');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));
  }
  return results;
}

export const cases = [
  {
    name: 'canvas',
    title:
      '1,000 nodes and 1,500 edges in a headless browser: opening, frames while panning, zooming, dragging, and typing',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const executablePath = findChromium();
        if (executablePath === undefined) return noChromium;
        const { chromium } = await import('playwright-core');
        const server = await startServer(folder);
        const reply = await fetch(`${server.address}/api/workflows`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ document: largeWorkflow(), slug: 'large' }),
        });
        if (!reply.ok) throw new Error(`the workflow was not stored: ${await reply.text()}`);
        const browser = await chromium.launch({
          executablePath,
          args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
        });
        try {
          const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
          return await measure(page, `${process.env.HEDDLE_BENCH_ADDRESS ?? server.address}/workflows/large`);
        } finally {
          await browser.close();
          await server.stop();
        }
      }),
  },
];
