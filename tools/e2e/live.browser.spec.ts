import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { documentFile, pausing, sorting } from './documents.js';
import { eventually, untilCount } from './eventually.js';
import { heddle } from './heddle-command.js';
import { chain, deciding, liveNodes, looping, noted, writing } from './live-documents.js';
import { motions } from './motion-check.js';
import { saveScreenshot } from './open-browser.js';
import { card, coveredCards, cutCards, flat, result, runPage } from './run-page.js';
import { post, runOf, send, untilStatus, workedAt } from './server-calls.js';
import { steadyPort } from './steady-port.js';

const environment = { HEDDLE_NODES: liveNodes, PORT: await steadyPort() };
/** Twelve seconds of words, so that a run still works when a browser on a busy machine has shown the first ones. */
const words = 240;
/** Enough for a text that is only read to its end. */
const fewWords = 40;

browserSuite(
  'runs in a browser',
  {
    environment,
    prepare: async ({ server }) => {
      const documents: readonly (readonly [string, unknown])[] = [
        ['writing', writing(2, { words, perSecond: 20 })],
        ['brief', writing(2, { words: fewWords, perSecond: 20 })],
        ['endless', writing(2, { words: 20_000, perSecond: 20 })],
        ['chain', chain],
        ['noted', noted],
        ['deciding', deciding],
        ['looping', looping(7)],
        ['sorting', sorting],
        ['pausing', pausing(3)],
      ];
      for (const [slug, document] of documents)
        expect((await post(server, '/api/workflows', { slug, document })).status).toBe(201);
    },
  },
  (fixture) => {
    let page: Page;
    beforeEach(() => {
      page = fixture.page;
    });
    const { runIn, began, choose } = runPage(
      () => fixture.server.address,
      () => page,
    );
    /** The numbers of the words that a card or the result shows. */
    const numbers = (text: string): readonly number[] =>
      [...text.matchAll(/w(\d+)@/g)].map((match) => Number(match[1]));
    const shownText = async (): Promise<string> =>
      flat(
        await result(page)
          .locator('p.answer')
          .first()
          .innerText()
          .catch(() => ''),
      );

    /** Waits for the end, and checks that the text is there whole and once. */
    async function expectWhole(runId: string, count = words): Promise<void> {
      const run = await untilStatus(fixture.server, runId, undefined, 30_000);
      const text = flat(String(run.outputs['text']));
      await eventually('whole text', async () => ((await shownText()) === text ? true : undefined), 15_000);
      expect(numbers(text)).toEqual(Array.from({ length: count }, (_none, index) => index));
    }

    it('misses no words and shows none twice after a reload during a run', async () => {
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
      expect(workedAt(await runOf(fixture.server, runId), reloadedAt)).toBe(true);
      // The form of a run that was opened by its address shows that run's inputs.
      expect(await page.getByRole('textbox', { name: /^topic\b/ }).inputValue()).toBe('foxes');
    });

    it('catches up after the network was away during a run', async () => {
      const runId = await runIn('writing', 'topic', 'geese');
      await eventually('words', async () => (numbers(await shownText()).length > 10 ? true : undefined));
      await page.context().setOffline(true);
      // An open socket survives the switch, so the event closes it as a network does.
      await page.evaluate(() => window.dispatchEvent(new Event('offline')));
      await page.getByText('No connection to Heddle').waitFor();
      await page.context().setOffline(false);
      await expectWhole(runId);
      fixture.watched.forgive(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    });

    it('continues where it was after the server is killed during a run and restarts', async () => {
      const runId = await runIn('pausing', 'name', 'Ada');
      await untilStatus(fixture.server, runId, ['suspended']);
      await fixture.server.kill();
      await fixture.startAgain({ data: fixture.server.data, environment });
      await untilStatus(fixture.server, runId);
      await eventually('result', async () =>
        (await result(page).innerText()).includes('Before Ada, after') ? true : undefined,
      );
      fixture.watched.forgive(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|WebSocket/);
    });

    it('shows words on the card while they are written, and stops a run from the keyboard', async () => {
      const runId = await runIn('endless', 'topic', 'stop me');
      await eventually('words', async () => (numbers(await shownText()).length > 3 ? true : undefined));
      await page
        .locator('.canvas_card[data-status=streaming] .canvas_card-stream')
        .getByText(/w\d+@/)
        .first()
        .waitFor();
      await page.keyboard.press('Control+Enter');
      expect((await untilStatus(fixture.server, runId)).status).toBe('cancelled');
      await eventually('state', async () =>
        (await page.locator('.canvas_card[data-status=cancelled]').count()) === 2 ? true : undefined,
      );
    });

    it('shows a run without motion if the system asks for reduced motion', async () => {
      const runId = await runIn('endless', 'topic', 'still');
      await page
        .locator('.canvas_card[data-status=streaming] .canvas_card-stream')
        .getByText(/w\d+@/)
        .first()
        .waitFor();
      const moving = (): Promise<number> =>
        page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
      await eventually('pulses', async () => ((await moving()) > 0 ? true : undefined));
      expect(await motions(page)).toEqual([]);
      // States stay visible: the edge is marked, and the card shows what it does.
      expect(await page.locator('.canvas_edge[data-state=streaming]').count()).toBeGreaterThan(0);
      const viewport = page.locator('.react-flow__viewport');
      const zoom = async (): Promise<number> =>
        Number(/scale\(([\d.]+)/.exec((await viewport.getAttribute('style')) ?? '')?.[1]);
      // The view changes at once instead of moving.
      const before = await zoom();
      const seen = await page.evaluate(async () => {
        document.querySelector<HTMLButtonElement>('.canvas_zoom-control .icon-button')?.click();
        const styleNow = (): string => document.querySelector('.react-flow__viewport')?.getAttribute('style') ?? '';
        const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        const styles = new Set<string>();
        for (let frame = 0; frame < 20; frame += 1) {
          await nextFrame();
          styles.add(styleNow());
        }
        return styles.size;
      });
      expect(await zoom()).toBeLessThan(before);
      expect(seen).toBeLessThanOrEqual(2);
      await send(fixture.server, `/api/runs/${runId}/cancel`, { method: 'POST' });
      await untilStatus(fixture.server, runId);
    });

    it('chats with a workflow: each message is a run, and the conversation is there after a reload', async () => {
      await page.goto(`${fixture.server.address}/workflows/brief`);
      await page.getByRole('button', { name: 'Chat', exact: true }).click();
      const conversation = page.getByRole('log', { name: 'Conversation' });
      const lastWord = new RegExp(`w${fewWords - 1}@`);
      await page.getByRole('textbox', { name: 'Message' }).fill('Tell me of looms.');
      await page.keyboard.press('Enter');
      await conversation.getByText('Tell me of looms.').waitFor();
      await conversation.getByText(lastWord).waitFor();
      await page.getByRole('textbox', { name: 'Message' }).fill('And of shuttles.');
      await page.getByRole('button', { name: 'Send' }).click();
      await conversation.getByText('And of shuttles.').waitFor();
      await page.reload();
      await page.getByRole('button', { name: 'Chat', exact: true }).click();
      await conversation
        .getByText(/^You: /)
        .nth(1)
        .waitFor();
      await untilCount(conversation.getByText(/^You: /), 2);
      await page.getByRole('button', { name: 'Send' }).waitFor();
      await untilCount(conversation.getByText(lastWord), 2);
    });

    it('shows any iteration of a loop', async () => {
      const runId = await runIn('looping', 'start', 'a');
      await untilStatus(fixture.server, runId);
      await card(page, 'Go round').getByText('of 7').waitFor();
      await card(page, 'Go round').getByLabel('iteration, 1 to 7').fill('2');
      await page.keyboard.press('Enter');
      await eventually('second iteration', async () =>
        (await card(page, 'Go round').innerText()).includes('round round a 1 2') ? true : undefined,
      );
      // The nodes of a loop show the same iteration.
      expect(await card(page, 'Prompt').getByLabel('iteration, 1 to 7').inputValue()).toBe('2');
      await card(page, 'Prompt').getByRole('button', { name: 'Next iteration' }).click();
      expect(await card(page, 'Go round').getByLabel('iteration, 1 to 7').inputValue()).toBe('3');
    });

    it('opens nested runs in the same view, item by item', async () => {
      const runId = await runIn('sorting', 'words', '["a","b","c","d"]');
      await untilStatus(fixture.server, runId);
      await card(page, 'For each')
        .getByRole('button', { name: /Open 4 nested runs/ })
        .click();
      const bar = page.getByRole('navigation', { name: 'Outer runs' });
      await bar.getByText('of 4').waitFor();
      await bar.getByLabel('item, 1 to 4').fill('2');
      await page.keyboard.press('Enter');
      await eventually('inner card', async () =>
        (await card(page, 'Prompt').innerText()).includes('b!') ? true : undefined,
      );
      await saveScreenshot(page, 'live-nested');
      expect(await card(page, 'Prompt').getAttribute('data-status')).toBe('done');
      await bar.getByRole('button', { name: /Up/ }).click();
      await card(page, 'For each').waitFor();
      // The draft of the workflow inside shows its latest run as well.
      await choose('For each');
      await page.keyboard.press('o');
      const around = page.getByRole('navigation', { name: 'Outer workflows' });
      await around.getByRole('button', { name: /^View (run|\d+ runs)/ }).waitFor();
      expect(await card(page, 'Prompt').getAttribute('data-status')).toBe('done');
      await page.keyboard.press('Control+ArrowUp');
      await card(page, 'For each').waitFor();
    });

    it('plays a finished run back, to any moment', async () => {
      const runId = await runIn('chain', 'name', 'Dora');
      await untilStatus(fixture.server, runId);
      await page.goto(`${fixture.server.address}/runs/${runId}`);
      await page.getByRole('button', { name: 'Play back', exact: true }).click();
      const controls = page.getByRole('group', { name: 'Playback', exact: true });
      await controls.getByRole('combobox', { name: 'Speed' }).selectOption('8');
      await controls.getByRole('button', { name: 'Play', exact: true }).waitFor();
      await controls.getByRole('slider').fill('0');
      await eventually('beginning', async () =>
        (await card(page, 'Output').getAttribute('data-status')) === 'idle' ? true : undefined,
      );
      // A run that took long is played for longer.
      const slider = controls.getByRole('slider');
      await slider.fill((await slider.getAttribute('max')) ?? '');
      await eventually('end', async () =>
        (await card(page, 'Output').getAttribute('data-status')) === 'done' ? true : undefined,
      );
      expect(await violations(page)).toEqual([]);
      await controls.getByRole('button', { name: 'End playback' }).click();
      await controls.waitFor({ state: 'detached' });
    });

    it('lists runs live, filters them, and compares two', async () => {
      await page.goto(`${fixture.server.address}/runs`);
      const rows = page.getByRole('region', { name: 'Runs', exact: true }).getByRole('row');
      const runs: string[] = [];
      for (const name of ['Eva', 'Fay']) {
        const reply = await post(fixture.server, '/api/workflows/chain/runs', { inputs: { name } });
        runs.push((JSON.parse(reply.text) as { runId: string }).runId);
      }
      for (const id of runs) await untilStatus(fixture.server, id);
      await page.getByRole('searchbox').fill(runs[0] ?? '');
      await eventually('one row', async () => ((await rows.count()) === 2 ? true : undefined));
      await page.getByRole('searchbox').fill('');
      await page.getByRole('combobox', { name: 'Trigger' }).selectOption('api');
      await eventually('both', async () => ((await rows.count()) === 3 ? true : undefined));
      expect(await violations(page)).toEqual([]);
      await saveScreenshot(page, 'live-runs');
      for (const index of [0, 1]) await page.getByRole('checkbox').nth(index).check();
      await page.getByRole('link', { name: 'Compare', exact: true }).click();
      await page.getByRole('region', { name: 'Inputs', exact: true }).getByText('differs').waitFor();
      await untilCount(page.getByText(/of 5 differ/), 1);
      expect(await violations(page)).toEqual([]);
      await saveScreenshot(page, 'live-compare');
    });

    it('shows all cards of a run and of its draft, on small screens too', async () => {
      const runId = await runIn('noted', 'name', 'owls');
      await untilStatus(fixture.server, runId);
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 1024, height: 768 },
        { width: 390, height: 844 },
      ]) {
        await page.setViewportSize(viewport);
        for (const path of [`/runs/${runId}`, '/workflows/noted']) {
          await page.goto(`${fixture.server.address}${path}`);
          await eventually(`whole ${path}`, async () => ((await cutCards(page)) === 0 ? true : undefined));
          if (!path.startsWith('/runs')) continue;
          await page.getByRole('group', { name: 'Run summary' }).waitFor();
          expect(await coveredCards(page, '.canvas_canvas-summary')).toEqual([]);
        }
      }
    });

    it('opens a run whose workflow was deleted, and reruns the same plan', async () => {
      const made = await post(fixture.server, '/api/workflows', { slug: 'gone', document: { ...chain, name: 'Gone' } });
      const { id } = JSON.parse(made.text) as { id: string };
      const reply = await post(fixture.server, '/api/workflows/gone/runs', { inputs: { name: 'Gus' } });
      const { runId } = JSON.parse(reply.text) as { runId: string };
      await untilStatus(fixture.server, runId);
      expect((await send(fixture.server, `/api/workflows/${id}`, { method: 'DELETE' })).status).toBeLessThan(300);
      await page.goto(`${fixture.server.address}/runs/${runId}`);
      await card(page, 'Fragile').waitFor();
      await page.getByRole('textbox', { name: /^name\b/ }).fill('Hal');
      await page.getByRole('button', { name: /^Rerun (?!with)/ }).click();
      const again = await began(runId);
      expect((await untilStatus(fixture.server, again)).outputs['text']).toBe('third whole first Hal');
    });

    it('can be watched on a phone', async () => {
      await page.setViewportSize({ width: 390, height: 800 });
      const runId = await runIn('brief', 'topic', 'small');
      await eventually('words', async () => (numbers(await shownText()).length > 3 ? true : undefined));
      await saveScreenshot(page, 'live-phone');
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
      await expectWhole(runId, fewWords);
    });

    it('shows open requests above the form on a phone', async () => {
      await page.setViewportSize({ width: 390, height: 800 });
      await runIn('deciding', 'letter', 'Dear Ada');
      const asked = page.getByRole('region', { name: 'Open requests' });
      await asked.waitFor();
      const [question, form] = await Promise.all([
        asked.boundingBox(),
        page.getByRole('textbox', { name: /^letter\b/ }).boundingBox(),
      ]);
      expect(question?.y).toBeLessThan(form?.y ?? 0);
    });

    it('lists a run that the command line started, and watches it', async () => {
      await page.goto(`${fixture.server.address}/runs`);
      const file = documentFile({ ...chain, name: 'From the shell' });
      expect(
        (await heddle(['run', file, '--input', 'name=Ida'], { data: fixture.server.data, environment })).code,
      ).toBe(0);
      await page.getByRole('link', { name: 'From the shell' }).click();
      await eventually('state', async () =>
        (await card(page, 'Output').getAttribute('data-status')) === 'done' ? true : undefined,
      );
    });
  },
);
