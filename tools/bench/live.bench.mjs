import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { findChromium, noChromium } from '../testing/find-chromium.mjs';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

/** Makes parallel nodes that write words with time stamps. */
const writing = (nodes, config) => {
  const ids = Array.from({ length: nodes }, (_none, index) => `write${index}`);
  return {
    heddle: 2,
    name: 'Live',
    nodes: {
      who: { type: 'input', version: 1, config: { fields: [{ name: 'topic', type: 'Text' }] } },
      ...Object.fromEntries(ids.map((id) => [id, { type: 'emit-words', version: 1, config }])),
    },
    edges: ids.map((id) => ({ from: 'who.topic', to: `${id}.value` })),
    layout: {
      nodes: Object.fromEntries([
        ['who', [0, 0]],
        ...ids.map((id, index) => [id, [320 + (index % 4) * 300, Math.floor(index / 4) * 260]]),
      ]),
    },
  };
};

/** Watches a run in a browser from its first event; calls `measure` with the page while the run is running. */
function watching({ nodes, words, perSecond, logEvery = 0 }, measure) {
  const executablePath = findChromium();
  if (executablePath === undefined) return noChromium;
  return inTemporaryFolder(async (folder) => {
    const { chromium } = await import('playwright-core');
    const server = await startServer(join(folder, 'data'), {
      HEDDLE_NODES: join(root, 'tools', 'fixtures', 'live-nodes', 'index.mjs'),
    });
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    try {
      const document = writing(nodes, { words, perSecond, logEvery });
      const { id } = await server.post('/api/workflows', { slug: 'live', document });
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${server.address}/workflows/live`);
      await page
        .getByRole('button', { name: /^Run\b/ })
        .last()
        .waitFor();
      const { runId } = await server.post(`/api/workflows/${id}/runs`, { inputs: { topic: 'x' } });
      // The page opens the run without a reload, as after a click.
      await page.goto(`${server.address}/workflows/live?run=${runId}`);
      await page.locator('.canvas_card[data-status=streaming]').first().waitFor();
      return await measure(page, runId, server);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
}

const seconds = (count) => new Promise((resolve) => setTimeout(resolve, count * 1000));

/** Gives the bytes of the page's heap after a garbage collection. */
async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
}

/** From now on, records the lengths of tasks of the main thread that take longer than 50 ms. */
const watchTasks = (page) =>
  page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
  });

/** Gives the milliseconds between frames over a time. */
const framesOf = (page, ms) =>
  page.evaluate(
    (length) =>
      new Promise((resolve) => {
        const gaps = [];
        const begin = performance.now();
        let last = begin;
        const frame = (now) => {
          gaps.push(now - last);
          last = now;
          if (now - begin < length) requestAnimationFrame(frame);
          else resolve(gaps.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    ms,
  );

/** Gives the milliseconds from the time stamp of a word to the end of the frame that shows it on its card. */
const delaysOf = (page, ms) =>
  page.evaluate(
    (length) =>
      new Promise((resolve) => {
        const delays = [];
        let shown = -1;
        const check = () => {
          const text = document.querySelector('.canvas_card-stream')?.textContent ?? '';
          const last = [...text.matchAll(/w(\d+)@(\d{13}) /g)].at(-1);
          if (last === undefined || Number(last[1]) <= shown) return;
          shown = Number(last[1]);
          const stamp = Number(last[2]);
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            // The browser delivers a message only after the frame was drawn.
            port1.onmessage = () => delays.push(Date.now() - stamp);
            port2.postMessage(0);
          });
        };
        const observer = new MutationObserver(check);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        setTimeout(() => {
          observer.disconnect();
          resolve(delays);
        }, length);
      }),
    ms,
  );

export const cases = [
  {
    name: 'live-events',
    title: 'a run of 100 events a second for 30 s in the editor: the longest task of the main thread, and the heap',
    run: () =>
      watching({ nodes: 10, words: 340, perSecond: 10, logEvery: 10 }, async (page) => {
        await seconds(2);
        await watchTasks(page);
        const before = await heapOf(page);
        await page.evaluate(() => (window.longTasks = []));
        await seconds(30);
        const tasks = await page.evaluate(() => window.longTasks);
        const after = await heapOf(page);
        return [
          { case: 'live-longest-task', unit: 'ms', samples: [Math.max(0, ...tasks)] },
          { case: 'live-heap-growth', unit: 'MB', samples: [after - before] },
        ];
      }),
  },
  {
    name: 'live-tokens',
    title: '50 tokens a second on ten nodes side by side: time between frames',
    run: () =>
      watching({ nodes: 10, words: 900, perSecond: 50 }, async (page) => {
        await seconds(1);
        return [{ case: 'live-frame', unit: 'ms', samples: await framesOf(page, 10_000) }];
      }),
  },
  {
    name: 'live-delay',
    title: 'from a word written by a node to the end of the frame that shows it',
    run: () =>
      watching({ nodes: 1, words: 400, perSecond: 25 }, async (page) => {
        await seconds(1);
        return [{ case: 'live-token-on-screen', unit: 'ms', samples: await delaysOf(page, 10_000) }];
      }),
  },
];
