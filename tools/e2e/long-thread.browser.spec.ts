import { expect, it } from '@jest/globals';
import { browserSuite } from './browser-suite.js';
import { untilCount } from './eventually.js';
import { callJson } from './server-calls.js';
import { desk } from './share-documents.js';
import type { ServerProcess } from './start-server.js';

/** All 500 turns run in `npm run test:long`; in both cases there are more than on one page. */
const turns = process.env['HEDDLE_TEST_LONG'] === '1' ? 500 : 55;
const session = 'a-user-of-the-share-page';
const questions = Array.from({ length: turns }, (_value, index) => `question ${index + 1}`);
const expected = questions.flatMap((question) => [question, `You said ${question} [1]`]);

/** Asks one question after the other on one thread of a share link. */
async function converse(server: ServerProcess, token: string): Promise<string> {
  let thread = 'new';
  for (const question of questions) {
    const reply = await fetch(`${server.address}/v1/share/${token}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'heddle-session': session, 'heddle-thread': thread },
      body: JSON.stringify({ question }),
    });
    const events = await reply.text();
    expect([reply.status, events.includes('"status":"done"')]).toEqual([200, true]);
    thread = /"thread":"(\w+)"/.exec(events)?.[1] ?? '';
  }
  return thread;
}

/** The texts of a thread as the API of the link gives them, page by page. */
async function byApi(server: ServerProcess, token: string, thread: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let next: number | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
    const query = next === undefined ? '' : `?before=${next}`;
    const reply = await fetch(`${server.address}/v1/share/${token}/threads/${thread}/messages${query}`, {
      headers: { 'heddle-session': session },
    });
    const page = (await reply.json()) as { messages: { text: string }[]; next?: number }; // as the contract says
    texts.unshift(...page.messages.map(({ text }) => text));
    next = page.next;
  }
  return texts;
}

browserSuite(
  `a conversation of ${turns} turns`,
  {
    withinMs: 900_000,
    environment: { HEDDLE_RATE_PER_MINUTE: '1000000' },
    prepare: async ({ server }) => {
      await callJson(server, 'POST', '/api/workflows', { document: desk, slug: 'desk' });
      await callJson(server, 'POST', '/api/workflows/desk/publish', { acceptDataMap: true });
    },
  },
  (fixture) => {
    it('is the same in the API, on the share page and in the editor', async () => {
      const { page, server } = fixture;
      const link = await callJson(server, 'POST', '/api/workflows/desk/shares', {
        name: 'Link',
        runsPerDay: 100_000,
        ratePerMinute: 100_000,
      });
      const token = String(link['token']);
      const thread = await converse(server, token);
      expect(await byApi(server, token, thread)).toEqual(expected);

      // The browser knows the thread from an earlier visit.
      await page.goto(`${server.address}/share/${token}`);
      await page.evaluate(
        ([key = '', kept = '']) => localStorage.setItem(key, kept),
        [`heddle thread ${token.slice(0, 16)}`, JSON.stringify({ session, thread })],
      );
      await page.reload();
      await page
        .locator('.chat-answer')
        .getByText(`You said ${questions.at(-1)}`)
        .waitFor();
      const earlier = page.getByRole('button', { name: 'Show earlier messages' });
      for (let shown = 50; shown < turns; shown += 50) {
        await untilCount(page.locator('.chat-turn'), shown);
        const first = page.locator('.chat-turn').first();
        const before = await first.innerText();
        await earlier.click();
        await untilCount(page.locator('.chat-turn'), Math.min(turns, shown + 50));
        // The reader stays at the message that was the first.
        const kept = page.locator('.chat-turn', { hasText: before.split('\n')[0] ?? '' }).first();
        expect(await kept.evaluate((element) => element.getBoundingClientRect().top < window.innerHeight)).toBe(true);
      }
      await untilCount(earlier, 0);
      // The mark of the source is a part of the answer's text.
      const onPage = await page
        .locator('.chat-question, .chat-answer .answer')
        .evaluateAll((all) => all.map((one) => (one.textContent ?? '').replace(/^You: /, '').replace(/\u20091$/, '')));
      expect(onPage.map((text) => text.trim())).toEqual(expected.map((text) => text.replace(' [1]', '')));

      await page.goto(`${server.address}/settings/conversations`);
      await page.getByRole('button', { name: 'question 1', exact: true }).click();
      const older = page.getByRole('button', { name: 'Show older turns' });
      for (let shown = 50; shown < 2 * turns; shown += 50) {
        await untilCount(page.locator('.conversations_turns .conversations_turn'), shown);
        await older.click();
      }
      await untilCount(page.locator('.conversations_turns .conversations_turn'), 2 * turns);
      const inEditor = await page
        .locator('.conversations_turns .chat-message > :not(.chat-role)')
        .evaluateAll((all) => all.map((one) => (one.textContent ?? '').trim()));
      expect(inEditor).toEqual(expected);
    });
  },
);
