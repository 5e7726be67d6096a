import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { cleanUp, temporaryFolder } from './built-program.js';
import { documentFile, pausing, sorting } from './documents.js';
import { eventually } from './eventually.js';
import { heddle } from './heddle-command.js';
import { chain, deciding, liveNodes, looping, writing } from './live-documents.js';
import { findBrowser, keepPicture, openBrowser, openPage, type WatchedPage } from './open-browser.js';
import { post, runOf, send, untilStatus, workedAt } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(90_000);

const executable = findBrowser();
const obstacle =
  executable === undefined ? 'no browser was found: install Chromium or Chrome, or name one in CHROME_PATH' : undefined;
const suite = obstacle === undefined ? describe : describe.skip;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const environment = { HEDDLE_NODES: liveNodes };

/** The id of the run in view. */
const runIdOf = (page: Page): string => {
  const { pathname, searchParams } = new URL(page.url());
  return searchParams.get('run') ?? /^\/runs\/([^/]+)$/.exec(pathname)?.[1] ?? '';
};
const card = (page: Page, title: string) => page.getByRole('article', { name: title, exact: true });
const result = (page: Page) => page.getByRole('region', { name: 'Result' });
const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What axe finds on a page, one line a violation. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    interface Found {
      readonly id: string;
      readonly nodes: readonly { readonly target: readonly string[] }[];
    }
    const { axe: checker } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: readonly Found[] }> };
    };
    const { violations: found } = await checker.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  });
}

suite(`runs in a browser${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`, () => {
  let server: ServerProcess;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    const data = join(temporaryFolder(), 'data');
    const documents: readonly (readonly [string, unknown])[] = [
      ['writing', writing(2, { words: 120, perSecond: 20 })],
      ['endless', writing(2, { words: 20_000, perSecond: 20 })],
      ['chain', chain],
      ['deciding', deciding],
      ['looping', looping(7)],
      ['sorting', sorting],
      ['pausing', pausing(3)],
    ];
    server = await startServer({ data, environment });
    for (const [slug, document] of documents)
      expect((await post(server, '/api/workflows', { slug, document })).status).toBe(201);
    browser = await openBrowser(executable ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await cleanUp();
  });
  beforeEach(async () => {
    watched = await openPage(browser);
    page = watched.page;
  });
  afterEach(async () => {
    await page.close();
    expect(watched.problems()).toEqual([]);
  });

  /** Opens a workflow, fills a field, runs it, and gives the run's id. */
  async function runIn(slug: string, field: string, text: string): Promise<string> {
    await page.goto(`${server.address}/workflows/${slug}`);
    await page.getByRole('textbox', { name: new RegExp(`^${field}\\b`) }).fill(text);
    return begin();
  }
  /** Presses Run; gives the id of the run that it began. */
  async function begin(): Promise<string> {
    const before = runIdOf(page);
    await page.locator('.run-actions button[type=submit]').click();
    return began(before);
  }
  /** Waits for another run to be in view. */
  const began = (before: string): Promise<string> =>
    eventually('run', () => (runIdOf(page) !== before && runIdOf(page) !== '' ? runIdOf(page) : undefined));
  /** Waits until the page too has seen the end of the run in view. */
  const seenEnded = () => page.locator('.run-actions button[type=submit]').waitFor({ state: 'attached' });
  /** Selects a node by its card. */
  const choose = (title: string) => card(page, title).locator('.card-icon').click();
  /** Runs a command by its name, as the palette does. */
  async function command(name: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill(name);
    await page.keyboard.press('Enter');
  }
  /** The words that a card or the result shows, told apart by their numbers. */
  const numbers = (text: string): readonly number[] => [...text.matchAll(/w(\d+)@/g)].map((match) => Number(match[1]));
  const shownText = async (): Promise<string> =>
    flat(
      await result(page)
        .locator('p.answer')
        .first()
        .innerText()
        .catch(() => ''),
    );

  /** Waits for the end, and checks that the text is there whole and once. */
  async function expectWhole(runId: string): Promise<void> {
    const run = await untilStatus(server, runId, undefined, 30_000);
    const text = flat(String(run.outputs['text']));
    await eventually('whole text', async () => ((await shownText()) === text ? true : undefined), 15_000);
    expect(numbers(text)).toEqual(Array.from({ length: 120 }, (_none, index) => index));
  }

  it('misses nothing and shows nothing twice after a reload in mid-run', async () => {
    const runId = await runIn('writing', 'topic', 'foxes');
    await eventually('words', async () => (numbers(await shownText()).length > 15 ? true : undefined));
    const reloadedAt = Date.now();
    await page.reload();
    const seen = await eventually('words after it', async () => {
      const list = numbers(await shownText());
      return list.length > 15 ? list : undefined;
    });
    expect(seen).toEqual(Array.from({ length: seen.length }, (_none, index) => index));
    await expectWhole(runId);
    expect(workedAt(await runOf(server, runId), reloadedAt)).toBe(true);
    // The form of a run that was opened by its address shows that run's inputs.
    expect(await page.getByRole('textbox', { name: /^topic\b/ }).inputValue()).toBe('foxes');
  });

  it('catches up after the network was away in mid-run', async () => {
    const runId = await runIn('writing', 'topic', 'geese');
    await eventually('words', async () => (numbers(await shownText()).length > 10 ? true : undefined));
    await page.context().setOffline(true);
    // A socket that is open survives the switch: it is closed as a network does.
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await page.getByText('No connection to Heddle').waitFor();
    await page.context().setOffline(false);
    await expectWhole(runId);
    watched.forgive(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  });

  it('goes on where it was when the server is killed in mid-run and comes back', async () => {
    const runId = await runIn('pausing', 'name', 'Ada');
    await untilStatus(server, runId, ['parked']);
    const { port } = new URL(server.address);
    await server.kill();
    server = await startServer({ data: server.data, environment: { ...environment, PORT: port } });
    await untilStatus(server, runId);
    await eventually('result', async () =>
      (await result(page).innerText()).includes('Before Ada, after') ? true : undefined,
    );
    watched.forgive(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|WebSocket/);
  });

  it('shows words on the card while they are written, and stops a run from the keyboard', async () => {
    const runId = await runIn('endless', 'topic', 'stop me');
    await eventually('words', async () => (numbers(await shownText()).length > 3 ? true : undefined));
    await page.locator('.card[data-status=streaming] .card-stream').getByText(/w\d+@/).first().waitFor();
    await page.keyboard.press('Control+Enter');
    expect((await untilStatus(server, runId)).status).toBe('cancelled');
    await eventually('state', async () =>
      (await page.locator('.card[data-status=cancelled]').count()) === 2 ? true : undefined,
    );
  });

  it('pauses at a breakpoint, steps to the next node, and goes on', async () => {
    await page.goto(`${server.address}/workflows/chain`);
    await choose('Fragile');
    await page.keyboard.press('b');
    await card(page, 'Fragile').getByText('Breakpoint').waitFor({ state: 'attached' });
    await command('Select nothing');
    await page.getByRole('textbox', { name: /^name\b/ }).fill('Ada');
    const runId = await begin();
    await card(page, 'Fragile').getByText('Paused before it').first().waitFor();
    await keepPicture(page, 'live-breakpoint');
    await card(page, 'Fragile').getByRole('button', { name: 'Step' }).click();
    await eventually('next pause', async () => {
      const { nodes } = await runOf(server, runId);
      return nodes['second']?.status === 'done' && nodes['third']?.status === 'parked' ? true : undefined;
    });
    await page.getByRole('button', { name: 'Continue' }).first().click();
    expect((await untilStatus(server, runId)).outputs['text']).toBe('third whole first Ada');
    await command('Remove all pins');
    await eventually('no badge', async () =>
      (await card(page, 'Fragile').getByText('Breakpoint').count()) === 0 ? true : undefined,
    );
  });

  it('takes a pinned output in test runs, and says so', async () => {
    const first = await runIn('chain', 'name', 'Bea');
    await untilStatus(server, first);
    await seenEnded();
    await choose('Fragile');
    await page.keyboard.press('p');
    await card(page, 'Fragile').getByText('Pinned output').waitFor({ state: 'attached' });
    await page.getByRole('group', { name: 'Panel' }).getByRole('button', { name: 'Run' }).click();
    await page.getByText('Test run with 1 pinned output').waitFor();
    await page.getByRole('textbox', { name: /^name\b/ }).fill('break');
    const second = await begin();
    const run = await untilStatus(server, second);
    expect([run.status, run.outputs['text'], run.nodes['second']?.status]).toEqual([
      'done',
      'third whole first Bea',
      'cached',
    ]);
    await page.getByLabel(/Test run with/).uncheck();
    const third = await begin();
    expect((await untilStatus(server, third)).status).toBe('failed');
    await command('Remove all pins');
  });

  it('runs from a node on, with what came before reused, and goes on from an output that was edited', async () => {
    const first = await runIn('chain', 'name', 'Cleo');
    await untilStatus(server, first);
    await seenEnded();
    await choose('Fragile');
    await page.keyboard.press('r');
    const second = await began(first);
    const again = await untilStatus(server, second);
    expect([again.nodes['first']?.status, again.nodes['second']?.status]).toEqual(['cached', 'done']);
    await eventually('word', async () =>
      (await card(page, 'Input').getByText('Reused').count()) > 0 ? true : undefined,
    );
    await seenEnded();
    await choose('Fragile');
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Edit the output' });
    await dialog.getByRole('textbox', { name: 'value' }).fill('edited by hand');
    await dialog.getByRole('button', { name: 'Continue from here' }).click();
    const third = await began(second);
    expect((await untilStatus(server, third)).outputs['text']).toBe('third edited by hand');
  });

  it('resumes from the node that failed after its input was put right, and offers the node’s menu', async () => {
    const first = await runIn('chain', 'name', 'break');
    expect((await untilStatus(server, first)).status).toBe('failed');
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    const second = await began(first);
    const resumed = await untilStatus(server, second);
    expect([resumed.status, resumed.nodes['first']?.status, resumed.summary.origin]).toEqual([
      'failed',
      'cached',
      first,
    ]);
    await card(page, 'Fragile').click({ button: 'right' });
    await page
      .getByRole('menu', { name: 'Node' })
      .getByRole('menuitem', { name: /Run from here/ })
      .waitFor();
    await page.keyboard.press('Escape');
  });

  it('answers a question on its card, and another one in the inbox', async () => {
    const first = await runIn('deciding', 'letter', 'Dear all');
    await card(page, 'Ask a person').getByLabel('Decision').selectOption('approve');
    await keepPicture(page, 'live-question');
    await card(page, 'Ask a person').getByRole('button', { name: 'Answer' }).click();
    expect((await untilStatus(server, first)).outputs['decision']).toBe('approve');
    const second = await runIn('deciding', 'letter', 'Dear nobody');
    await untilStatus(server, second, ['parked']);
    await page.goto(`${server.address}/inbox`);
    const item = page.getByRole('listitem').filter({ hasText: 'Dear nobody' });
    await item.getByRole('button', { name: 'Answer' }).click();
    await item.getByText('Decision is needed.').waitFor();
    expect(await violations(page)).toEqual([]);
    await item.getByLabel('Decision').selectOption('refuse');
    await item.getByRole('button', { name: 'Answer' }).click();
    expect((await untilStatus(server, second)).outputs['decision']).toBe('refuse');
    await page.getByText('Nobody is waited for.').waitFor();
  });

  it('shows any iteration of a loop', async () => {
    const runId = await runIn('looping', 'start', 'a');
    await untilStatus(server, runId);
    await card(page, 'Go round').getByText('of 7').waitFor();
    await card(page, 'Go round').getByLabel('iteration, 1 to 7').fill('2');
    await page.keyboard.press('Enter');
    await eventually('second iteration', async () =>
      (await card(page, 'Go round').innerText()).includes('round round a 1 2') ? true : undefined,
    );
    // The nodes of a loop go round together.
    expect(await card(page, 'Prompt').getByLabel('iteration, 1 to 7').inputValue()).toBe('2');
    await card(page, 'Prompt').getByRole('button', { name: 'Next iteration' }).click();
    expect(await card(page, 'Go round').getByLabel('iteration, 1 to 7').inputValue()).toBe('3');
  });

  it('opens the runs inside in place, item by item', async () => {
    const runId = await runIn('sorting', 'words', '["a","b","c","d"]');
    await untilStatus(server, runId);
    await card(page, 'For each')
      .getByRole('button', { name: /Open 4 runs/ })
      .click();
    const bar = page.getByRole('navigation', { name: 'Runs around this one' });
    await bar.getByText('of 4').waitFor();
    await bar.getByLabel('item, 1 to 4').fill('2');
    await page.keyboard.press('Enter');
    await eventually('inner card', async () =>
      (await card(page, 'Prompt').innerText()).includes('b!') ? true : undefined,
    );
    await keepPicture(page, 'live-nested');
    expect(await card(page, 'Prompt').getAttribute('data-status')).toBe('done');
    await bar.getByRole('button', { name: /Up/ }).click();
    await card(page, 'For each').waitFor();
    // The draft of the workflow inside shows its latest run as well.
    await choose('For each');
    await page.keyboard.press('o');
    const around = page.getByRole('navigation', { name: 'Workflows around this one' });
    await around.getByRole('button', { name: /As it ran/ }).waitFor();
    expect(await card(page, 'Prompt').getAttribute('data-status')).toBe('done');
    await page.keyboard.press('Control+ArrowUp');
    await card(page, 'For each').waitFor();
  });

  it('plays a finished run back, to any moment', async () => {
    const runId = await runIn('chain', 'name', 'Dora');
    await untilStatus(server, runId);
    await page.goto(`${server.address}/runs/${runId}`);
    await page.getByRole('button', { name: 'Play back' }).click();
    const controls = page.getByRole('group', { name: 'Playback' });
    await controls.getByRole('combobox', { name: 'Speed' }).selectOption('8');
    await controls.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await controls.getByRole('slider').fill('0');
    await eventually('beginning', async () =>
      (await card(page, 'Output').getAttribute('data-status')) === 'idle' ? true : undefined,
    );
    // A run that took its time is played for longer.
    const slider = controls.getByRole('slider');
    await slider.fill((await slider.getAttribute('max')) ?? '');
    await eventually('end', async () =>
      (await card(page, 'Output').getAttribute('data-status')) === 'done' ? true : undefined,
    );
    expect(await violations(page)).toEqual([]);
    await controls.getByRole('button', { name: 'End the playback' }).click();
    await controls.waitFor({ state: 'detached' });
  });

  it('lists runs live, narrows them, and sets two side by side', async () => {
    await page.goto(`${server.address}/runs`);
    const rows = page.getByRole('region', { name: 'List of runs' }).getByRole('row');
    const runs: string[] = [];
    for (const name of ['Eva', 'Fay']) {
      const reply = await post(server, '/api/workflows/chain/runs', { inputs: { name } });
      runs.push((JSON.parse(reply.text) as { runId: string }).runId);
    }
    for (const id of runs) await untilStatus(server, id);
    await page.getByRole('searchbox').fill(runs[0] ?? '');
    await eventually('one row', async () => ((await rows.count()) === 2 ? true : undefined));
    await page.getByRole('searchbox').fill('');
    await page.getByRole('combobox', { name: 'Trigger' }).selectOption('api');
    await eventually('both', async () => ((await rows.count()) === 3 ? true : undefined));
    expect(await violations(page)).toEqual([]);
    await keepPicture(page, 'live-runs');
    for (const index of [0, 1]) await page.getByRole('checkbox').nth(index).check();
    await page.getByRole('link', { name: 'Compare the two' }).click();
    await page.getByRole('region', { name: 'Inputs', exact: true }).getByText('differs').waitFor();
    expect(await page.getByText(/of 5 differ/).count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await keepPicture(page, 'live-compare');
  });

  it('opens a run whose workflow was deleted, and runs it again as it was', async () => {
    const made = await post(server, '/api/workflows', { slug: 'gone', document: { ...chain, name: 'Gone' } });
    const { id } = JSON.parse(made.text) as { id: string };
    const reply = await post(server, '/api/workflows/gone/runs', { inputs: { name: 'Gus' } });
    const { runId } = JSON.parse(reply.text) as { runId: string };
    await untilStatus(server, runId);
    expect((await send(server, `/api/workflows/${id}`, { method: 'DELETE' })).status).toBeLessThan(300);
    await page.goto(`${server.address}/runs/${runId}`);
    await card(page, 'Fragile').waitFor();
    await page.getByRole('textbox', { name: /^name\b/ }).fill('Hal');
    await page.getByRole('button', { name: /Run as it was/ }).click();
    const again = await began(runId);
    expect((await untilStatus(server, again)).outputs['text']).toBe('third whole first Hal');
  });

  it('can be watched on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    const runId = await runIn('writing', 'topic', 'small');
    await eventually('words', async () => (numbers(await shownText()).length > 3 ? true : undefined));
    await keepPicture(page, 'live-phone');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await expectWhole(runId);
  });

  it('finds a run that the command line began in the live list, and watches it', async () => {
    await page.goto(`${server.address}/runs`);
    const file = documentFile({ ...chain, name: 'From the shell' });
    expect((await heddle(['run', file, '--input', 'name=Ida'], { data: server.data, environment })).code).toBe(0);
    await page.getByRole('link', { name: 'From the shell' }).click();
    await eventually('state', async () =>
      (await card(page, 'Output').getAttribute('data-status')) === 'done' ? true : undefined,
    );
  });
});
