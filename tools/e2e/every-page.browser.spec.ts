import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawn, sampleSeed } from '@heddle/core/testing';
import type { Page } from 'playwright-core';
import { themes, violations, violationsOfThemes } from './axe-check.js';
import { browserSuite, type BrowserFixture } from './browser-suite.js';
import { root } from './built-program.js';
import { greeting } from './documents.js';
import { eventually } from './eventually.js';
import { motions } from './motion-check.js';
import type { WatchedPage } from './open-browser.js';
import { callJson } from './server-calls.js';

/** The settings by their section, as the navigation of the settings lists them. */
const sections = [
  ...['', 'storage', 'cluster', 'nodes', 'all', 'account', 'sessions', 'users', 'groups', 'projects', 'grants', 'keys'],
  ...['conversations', 'caches', 'audit', 'kill-switches'],
];

/** The addresses of each page of the route table that a new Heddle has. */
const always: Readonly<Record<string, readonly string[]>> = {
  home: ['/'],
  templates: ['/templates', '/templates?show=ask-the-handbook'],
  runs: ['/runs'],
  compare: ['/runs/compare'],
  inbox: ['/inbox'],
  build: ['/build', '/build?workflow=none'],
  'sign-in': ['/sign-in'],
  connect: ['/connect?failed=invalid_client'],
  models: ['/models'],
  collections: ['/collections'],
  connections: ['/connections'],
  connection: ['/connections/+'],
  secrets: ['/secrets'],
  tools: ['/tools'],
  'tool-server': ['/tools/+?example'],
  policies: ['/policies'],
  policy: ['/policies/+?example'],
  spend: ['/spend'],
  dashboard: ['/dashboard', '/dashboard/alerts'],
  quality: [
    '/quality',
    '/quality/datasets',
    '/quality/experiments',
    '/quality/labs',
    '/quality/monitors',
    '/quality/replays',
    '/quality/gates',
    '/quality/feedback',
    '/quality/prompts',
    '/quality/training',
  ],
  settings: sections.map((section) => `/settings/${section}`),
  missing: ['/nothing-here'],
};

/** The ids of the content that pages show. */
interface Shown {
  readonly runId: string;
  readonly dataset: string;
  readonly replay: string;
  readonly prompt: string;
  readonly monitor: string;
  readonly experiment: string;
  readonly queue: string;
  readonly proposal: string;
}

const withContent = ({
  runId,
  dataset,
  replay,
  prompt,
  monitor,
  experiment,
  queue,
  proposal,
}: Shown): Readonly<Record<string, readonly string[]>> => ({
  home: ['/'],
  workflow: ['/workflows/greeting', `/workflows/greeting?run=${runId}`],
  versions: ['/workflows/greeting/versions'],
  tests: ['/workflows/greeting/tests'],
  api: ['/workflows/greeting/api'],
  chat: ['/workflows/greeting/chat'],
  proposal: [`/proposals/${proposal}`],
  triggers: ['hooks', 'webhooks', 'schedules', 'batches'].map((kind) => `/workflows/greeting/triggers?show=${kind}`),
  run: [`/runs/${runId}`],
  runs: ['/runs'],
  compare: [`/runs/compare?a=${runId}&b=${runId}`],
  collections: ['/collections'],
  collection: ['/collections/plain'],
  entities: ['/collections/plain/entities', '/collections/plain/entities/ada%20lovelace'],
  policies: ['/policies'],
  policy: ['/policies/house'],
  secrets: ['/secrets'],
  spend: ['/spend'],
  dashboard: ['/dashboard?range=24h', '/dashboard/alerts'],
  quality: [
    '/quality/datasets',
    `/quality/datasets/${dataset}`,
    '/quality/monitors',
    `/quality/monitors/${monitor}`,
    '/quality/experiments',
    `/quality/experiments/${experiment}`,
    '/quality/gates',
    '/quality/feedback',
    `/quality/feedback/${queue}`,
    '/quality/training/greeting',
    '/quality/replays',
    `/quality/replays/${replay}`,
    '/quality/prompts',
    `/quality/prompts/${prompt}`,
  ],
  settings: ['/settings/audit', '/settings/grants', '/settings/keys', '/settings/kill-switches'],
});

const nothing: Shown = {
  runId: '',
  dataset: '',
  replay: '',
  prompt: '',
  monitor: '',
  experiment: '',
  queue: '',
  proposal: '',
};

/** Whether the heading of a page is in the shared grid. The other pages are the canvas, its bar, and centred pages. */
const isInGrid = (page: string): boolean =>
  ![
    'workflow',
    'versions',
    'tests',
    'api',
    'chat',
    'build',
    'triggers',
    'run',
    'sign-in',
    'connect',
    'missing',
  ].includes(page);

interface Measure {
  readonly heading: readonly [number, number] | undefined;
  readonly tabs: readonly [number, number] | undefined;
  /** By how many pixels the page is wider than the window. */
  readonly excess: number;
  readonly isTooHigh: boolean;
}

const measure = (page: Page): Promise<Measure> =>
  page.evaluate(() => {
    const cornerOf = (selector: string): [number, number] | undefined => {
      const box = document.querySelector(selector)?.getBoundingClientRect();
      return box === undefined ? undefined : [Math.round(box.left), Math.round(box.top)];
    };
    const areas = [document.documentElement, ...document.querySelectorAll('main')];
    return {
      heading: cornerOf('h1'),
      tabs: cornerOf('nav.publishing_parts'),
      excess: Math.max(...areas.map((area) => area.scrollWidth - area.clientWidth)),
      isTooHigh: document.documentElement.scrollHeight > innerHeight,
    };
  });

/** An address of a page of the route table, and the modes in which axe checks it: `npm test` draws one of the three. */
interface Visit {
  readonly name: string;
  readonly address: string;
  readonly checks: readonly ('phone' | (typeof themes)[number])[];
}

const visitsOf = (pages: Readonly<Record<string, readonly string[]>>): Visit[] =>
  Object.entries(pages)
    .flatMap(([name, addresses]) => addresses.map((address) => ({ name, address })))
    .map((visit, index) => ({ ...visit, checks: drawn(['phone', ...themes], 1, sampleSeed + index) }));

/** The problems of one page, one for each line. */
async function problemsAt(page: Page, server: string, { name, address, checks }: Visit): Promise<readonly string[]> {
  const problems: string[] = [];
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${server}${address}`);
  await page.locator('main h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  const { heading, tabs } = await measure(page);
  if (isInGrid(name) && String(heading) !== '216,32') problems.push(`the heading is at ${String(heading)}`);
  if (tabs !== undefined && String(tabs) !== '304,0') problems.push(`the tabs are at ${String(tabs)}`);
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const { excess, isTooHigh } = await measure(page);
    if (excess > 0) problems.push(`${excess} px wider than ${width}`);
    if (isTooHigh) problems.push(`at ${width}, it scrolls as a whole, beyond its frame`);
    // Colours do not depend on the width, so one theme is enough to check the phone.
    if (width === 1440)
      problems.push(
        ...(await violationsOfThemes(
          page,
          checks.filter((check) => check !== 'phone'),
        )),
      );
    if (width === 390 && checks.includes('phone'))
      problems.push(...(await violations(page)).map((violation) => `at ${width}, ${violation}`));
    if (width === 390) problems.push(...(await motions(page)).map((motion) => `moves without need: ${motion}`));
  }
  return problems.map((problem) => `${address}: ${problem}`);
}

/** Opens pages, two at a time, and returns their problems. The suite itself fails on messages in the console. */
async function problemsOf(
  fixture: BrowserFixture,
  pages: Readonly<Record<string, readonly string[]>>,
): Promise<readonly string[]> {
  const left = visitsOf(pages);
  const problems: string[] = [];
  const openAll = async ({ page, problems: said }: WatchedPage): Promise<void> => {
    let heard = said().length;
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { address } = next;
      problems.push(...(await problemsAt(page, fixture.server.address, next)));
      problems.push(
        ...said()
          .slice(heard)
          .map((problem) => `${address} says: ${problem}`),
      );
      heard = said().length;
    }
  };
  await Promise.all([openAll(fixture.watched), openAll(await fixture.another())]);
  return problems;
}

browserSuite('every page of the editor', { withinMs: 300_000 }, (fixture) => {
  it('is listed in this spec', () => {
    const table = readFileSync(join(root, 'editor', 'src', 'ui', 'navigation', 'route.ts'), 'utf8');
    const known = [...table.matchAll(/readonly page: '([\w-]+)'/g)].map(([, page]) => page ?? '');
    expect(new Set(Object.keys({ ...always, ...withContent(nothing) }))).toEqual(new Set(known));
    const settings = readFileSync(join(root, 'editor', 'src', 'features', 'settings', 'sections.ts'), 'utf8');
    const titled = [...settings.matchAll(/\bid: '([\w-]*)'/g)].map(([, id]) => id ?? '');
    expect(new Set(sections)).toEqual(new Set(titled));
  });

  it('has an empty console, is accessible and fits the grid in a new Heddle', async () => {
    expect(await problemsOf(fixture, always)).toEqual([]);
  });

  describe('with a workflow', () => {
    it('has an empty console, is accessible and fits the grid with content', async () => {
      const call = (method: string, path: string, body?: unknown) => callJson(fixture.server, method, path, body);
      const name = 'A workflow with a name that is long enough to need more room than a narrow screen has';
      await call('POST', '/api/workflows', { document: { ...greeting, name }, slug: 'greeting' });
      await call('POST', '/api/workflows/greeting/publish', { acceptDataMap: true });
      const run = await call('POST', '/api/workflows/greeting/runs?wait=1', { inputs: { name: 'Ada' } });
      await call('POST', '/api/collections', { name: 'plain', embedding: 'all-minilm-l6-v2' });
      await call('PUT', '/api/policies/house', { candidates: [{ model: 'smollm2-135m' }] });
      await call('PUT', '/api/secrets/token', { value: 'a-long-secret-value', hosts: ['api.example.com'] });
      await call('POST', '/api/keys', { name: 'A program' });
      const dataset = String((await call('POST', '/api/datasets', { name }))['id']);
      await call('POST', `/api/datasets/${dataset}/runs`, { workflow: 'greeting', split: 'test', tags: ['first'] });
      const replay = String((await call('POST', '/api/replays', { workflow: 'greeting' }))['id']);
      const content = { kind: 'text', text: 'Greet {{ customer.name }}, and mention {{ topic? }}.' };
      const prompt = String((await call('POST', '/api/prompts', { name: 'greeting', title: name, content }))['id']);
      const watching = { name, workflow: 'greeting', evaluators: [{ kind: 'refusal' }] };
      const monitor = String((await call('POST', '/api/monitors', watching))['id']);
      const evaluators = [{ kind: 'exact' }];
      const set = [{ id: 'a', inputs: { name: 'Ada' }, expected: 'Hello, Ada!' }];
      await call('POST', `/api/datasets/${dataset}/rows`, { set });
      const variants = [
        { workflow: 'greeting', version: 'draft' },
        { workflow: 'greeting', version: 'draft', set: { 'words.template': 'Hi {{ name }}' } },
      ];
      const begun = await call('POST', '/api/experiments', { name, dataset, variants, evaluators });
      const experiment = String(begun['id']);
      await eventually('end of the experiment', async () =>
        (await call('GET', `/api/experiments/${experiment}`))['status'] === 'done' ? true : undefined,
      );
      const levels = ['No', 'Yes'].map((title, value) => ({ value, title }));
      const rubric = { criteria: [{ name: 'clear', title: 'Clear', levels }], hasCorrection: true };
      const queue = String((await call('POST', '/api/annotation-queues', { name, rubric }))['id']);
      await call('POST', `/api/annotation-queues/${queue}/items`, { runs: [String(run['runId'])] });
      await call('POST', '/api/workflows/greeting/publish', { acceptDataMap: true });
      const arms = [1, 2].map((version) => ({ version, share: 0.5 }));
      await call('POST', '/api/workflows/greeting/ab', { arms, primary: { name: 'feedback' } });
      await call('PUT', '/api/gate', { rules: [{ kind: 'tests', id: 'tests', title: name, minTests: 1 }] });
      const proposed = await call('POST', '/api/build/tools/propose_publish', { arguments: { workflow: 'greeting' } });
      const { proposal } = proposed['result'] as { readonly proposal: string }; // what the tool answers
      const shown = { runId: String(run['runId']), dataset, replay, prompt, monitor, experiment, queue, proposal };
      expect(await problemsOf(fixture, withContent(shown))).toEqual([]);
    });
  });
});
