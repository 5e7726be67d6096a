import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { eventually, untilCount } from './eventually.js';
import { motions } from './motion-check.js';
import { saveScreenshot } from './open-browser.js';
import { hostileAnswer, hostileTexts, talk } from './share-documents.js';
import { shareSuite } from './share-fixture.js';

shareSuite('a shared chat in a browser', {}, (fixture, browser) => {
  let page: Page;
  beforeEach(() => {
    ({ page } = browser);
  });

  const ask = async (text: string): Promise<void> => {
    await page.getByLabel('Message').fill(text);
    await page.keyboard.press('Enter');
  };
  const last = () => page.locator('.chat-turn').last();
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const isOver = () => button('Send').waitFor();

  it('answers with text, tables and sources, remembers, and keeps the conversation over a reload', async () => {
    const { url } = await fixture.share('talk', { greeting: 'Ask about the handbook.', examples: ['When is payday?'] });
    await page.goto(url);
    await page.getByText('Ask about the handbook.').waitFor();
    expect(await page.title()).toBe('Ask the handbook');
    expect(await violations(page)).toEqual([]);
    await button('When is payday?').click();
    await last().getByRole('cell', { name: '27', exact: true }).waitFor();
    await last().getByRole('button', { name: 'Source 1: Handbook' }).click();
    await last().locator('mark', { hasText: 'Salaries are paid on the 27th of each month.' }).waitFor();
    expect(await last().locator('blockquote').innerText()).toContain('Questions go to the office.');
    await last().getByRole('button', { name: 'Good answer' }).click();
    await last().locator('[aria-pressed="true"]').waitFor();
    // Rating the answer closes no source and keeps the focus.
    await untilCount(last().locator('details[open]'), 1);
    await untilCount(last().locator('[aria-pressed="true"]').and(page.locator(':focus')), 1);
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, 'share-chat-light-1440');

    await ask('And in May?');
    await last().getByText('You said And in May?').waitFor();
    await isOver();
    await untilCount(page.locator('.chat-turn').first().locator('details[open]'), 1);
    // Only the conversation scrolls, however long it is.
    await page.setViewportSize({ width: 390, height: 480 });
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(480);
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(fixture.provider.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    await page.reload();
    await page.getByText('You said And in May?').waitFor();
    await untilCount(page.locator('.chat-turn'), 2);
    const stored = await page.evaluate(() => JSON.stringify([localStorage.length, document.cookie]));
    // The user at the server and the thread, without any text of the conversation.
    expect(stored).toBe('[1,""]');
    const returning = await page.context().newPage();
    await returning.goto(url);
    await returning.getByText('You said And in May?').waitFor();
    await untilCount(returning.locator('.chat-turn'), 2);
    await returning.close();
    await button('New conversation').click();
    await button('When is payday?').waitFor();
    await untilCount(page.locator('.chat-turn'), 0);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  it('loads less than 40 kB of scripts and styles, none of them from other servers', async () => {
    const { url } = await fixture.share('talk');
    const html = await (await fetch(url)).text();
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files).toHaveLength(2);
    const sizes = await Promise.all(
      files.map(async (path) => {
        const reply = await fetch(`${fixture.server.address}${path}`, { headers: { 'accept-encoding': 'gzip' } });
        return Number(reply.headers.get('content-length'));
      }),
    );
    expect(sizes.every((size) => size > 1_000)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(40_000);
    // The Markdown parsers load later, before the first answer.
    await page.goto(url);
    await page.waitForLoadState('networkidle');
    const all = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => /\.(?:js|css)$/.test(name))
        .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize),
    );
    expect(all).toHaveLength(4);
    expect(all.reduce((sum, size) => sum + size, 0)).toBeLessThan(55_000);
  });

  it('stops an answer, tries again, continues after a reload in the middle, and shows what went wrong', async () => {
    const { url } = await fixture.share('talk');
    await page.goto(url);
    await ask('slow one');
    await last().getByText('First words.').waitFor();
    await button('Stop').click();
    await last().getByText('Stopped.').waitFor();
    await button('Try again').click();
    await last().getByText('First words.').waitFor();
    await page.reload();
    await last().getByText('First words.').waitFor();
    fixture.provider.continueAnswers();
    await last().getByText('First words. Last words.').waitFor();
    await isOver();
    await ask('please fail');
    await last().locator('.failed-text').waitFor();
    expect(await page.content()).not.toContain('a secret of the provider');
    await button('Try again').waitFor();
  });

  it('sends files with a message, but no file that is too large', async () => {
    const { url } = await fixture.share('talk');
    await page.goto(url);
    await page
      .getByLabel('Files to attach')
      .setInputFiles([{ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('mine') }]);
    await page.getByText('note.txt').waitFor();
    await ask('With a file');
    const save = last().getByRole('button', { name: 'Save note.txt (4 B)' });
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    expect(download.suggestedFilename()).toBe('note.txt');
  });

  it('shows hostile content as text: in the answer, sources, title, greeting and examples', async () => {
    const title = hostileTexts[12] ?? '';
    await fixture.publish('hostile', talk('<img src=x onerror="window.hit=1">', { source: 'javascript:window.hit=1' }));
    const hostile = { title, greeting: hostileTexts.join(' '), examples: hostileTexts.slice(0, 8) };
    const { url } = await fixture.share('hostile', hostile);
    const outside: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(fixture.server.address) && !/^(?:data|blob):/.test(request.url()))
        outside.push(request.url());
    });
    await page.goto(url);
    await page.getByRole('heading', { name: title }).waitFor();
    await ask('attack');
    await isOver();
    await last()
      .getByRole('button', { name: /^Source 1/ })
      .click();
    const links = await page
      .locator('#page a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links.filter((href) => !/^https?:|^mailto:/.test(href))).toEqual([]);
    for (const name of ['script', 'img', 'iframe', 'style', 'base', 'object', 'form[action]'])
      expect([name, await page.locator(`#page ${name}`).count()]).toEqual([name, 0]);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    expect(outside).toEqual([]);
    expect(await last().innerText()).toContain('<script>window.hit=1</script>');
    expect(hostileAnswer.length).toBeGreaterThan(500);
  });

  it('shows the same message for unknown, expired and revoked links, even in the middle of a conversation', async () => {
    const { url, id } = await fixture.share('talk');
    await page.goto(url);
    await ask('slow two');
    await last().getByText('First words.').waitFor();
    await fixture.call('DELETE', `/api/workflows/talk/shares/${id}`);
    await last().getByText('This link does not work').waitFor();
    fixture.provider.continueAnswers();
    const expired = await fixture.share('talk', { expiresAt: Date.now() - 1 });
    browser.watched.forgive(/404/);
    const seen = new Set<string>();
    for (const address of [url, expired.url, `${fixture.server.address}/share/hsl_${'x'.repeat(43)}`]) {
      const reply = await page.goto(address);
      expect(reply?.status()).toBe(404);
      seen.add(await page.locator('body').innerText());
    }
    expect(seen.size).toBe(1);
    expect(await violations(page)).toEqual([]);
  });

  it('reports when the rate limit and when the daily limit is reached', async () => {
    browser.watched.forgive(/429/);
    const day = await fixture.share('talk', { runsPerDay: 1 });
    await page.goto(day.url);
    await ask('one');
    await isOver();
    await ask('two');
    await last()
      .getByText(/reached its limit for today\. Try again in/)
      .waitFor();
    const slow = await fixture.share('talk', { ratePerMinute: 1 });
    await page.goto(slow.url);
    await ask('one');
    await isOver();
    await ask('two');
    await last().getByText('Too many requests').waitFor();
  });

  it('fits small screens, and has a dark theme', async () => {
    const { url } = await fixture.share('talk', { theme: 'dark', accent: '#ffd166', greeting: 'Hello.' });
    await page.goto(url);
    await ask('When is payday?');
    await last().getByRole('cell', { name: '27', exact: true }).waitFor();
    await isOver();
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await saveScreenshot(page, `share-chat-dark-${width}`);
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await eventually('page that fits', async () => ((await overflow()) <= 0 ? true : undefined));
    }
    expect([await violations(page), await motions(page)]).toEqual([[], []]);
  });
});
