import { expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { greeting } from './documents.js';
import { eventually, untilCount } from './eventually.js';
import { saveScreenshot } from './open-browser.js';
import { startReceiver, type Receiver } from './receiver.js';
import { callJson } from './server-calls.js';
import type { ServerProcess } from './start-server.js';

/** Asks an outside program about each row. */
const asking = (address: string) => ({
  heddle: 2,
  name: 'Look up',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    ask: { type: 'http', version: 1, config: { url: `${address}/row/{{ name }}`, reply: 'text' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'found', type: 'Text' }] } },
  },
  edges: [
    { from: 'who.name', to: 'ask.name' },
    { from: 'ask.body', to: 'reply.found' },
  ],
});

let outside: Receiver;

async function publish(server: ServerProcess, slug: string, document: object): Promise<void> {
  const post = (path: string, body: unknown) => callJson(server, 'POST', path, body);
  await post('/api/workflows', { document, slug });
  const { dataMapHash } = await post(`/api/workflows/${slug}/publish/check`, {});
  await post(`/api/workflows/${slug}/publish`, { acceptDataMap: dataMapHash });
}

browserSuite(
  'triggers in a browser',
  {
    withinMs: 180_000,
    environment: async () => {
      outside = await startReceiver();
      return { HEDDLE_FETCH_ALLOW: outside.host };
    },
    prepare: async ({ server }) => {
      await publish(server, 'greeting', greeting);
      await publish(server, 'look-up', asking(outside.address));
    },
    finish: () => outside.close(),
  },
  (fixture) => {
    const open = async (slug: string, show: string): Promise<Page> => {
      await fixture.page.goto(`${fixture.server.address}/workflows/${slug}/triggers?show=${show}`);
      return fixture.page;
    };
    const card = (name: string): Locator => fixture.page.getByRole('listitem', { name, exact: true });
    const button = (name: string | RegExp, within: Page | Locator = fixture.page): Locator =>
      within.getByRole('button', { name });

    it('makes a webhook whose signed message starts a run that opens on the canvas', async () => {
      const page = await open('greeting', 'hooks');
      await page.getByText('No incoming webhooks yet.').waitFor();
      await saveScreenshot(page, 'triggers-empty');
      await button('New webhook').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name', { exact: true }).fill('Shop');
      await dialog.getByLabel('name', { exact: true }).fill('{{ body.customer.name }}');
      await button('Create webhook', dialog).click();
      const secret = await page.getByRole('dialog', { name: 'Shop' }).locator('.copy-text code').last().innerText();
      const address = (await dialog.locator('.copy-text code').first().innerText()).trim();
      await saveScreenshot(page, 'triggers-secret');
      await button('Done').click();
      expect(await page.content()).not.toContain(secret);

      await button(/^Last messages/, card('Shop')).click();
      await card('Shop').getByText('No messages yet.').waitFor();
      const send = async (id: string, key: string): Promise<number> => {
        const body = JSON.stringify({ customer: { name: 'Ada' } });
        const time = String(Math.floor(Date.now() / 1000));
        const bytes = Buffer.from(key.slice('whsec_'.length), 'base64');
        const mac = createHmac('sha256', bytes).update(`${id}.${time}.${body}`).digest('base64');
        const signed = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${mac}` };
        const headers = { 'content-type': 'application/json', ...signed };
        return (await fetch(address, { method: 'POST', headers, body })).status;
      };
      expect(await send('order-1', secret)).toBe(202);
      expect(await send('order-2', 'whsec_AAAA')).toBe(401);
      // The page receives both over the socket.
      const table = page.getByRole('region', { name: 'Messages of Shop' });
      await table.getByText('order-1').waitFor();
      await table.getByText(/does not fit the body and the secret/).waitFor();
      await saveScreenshot(page, 'triggers-hooks');
      expect(await violations(page)).toEqual([]);
      await table.getByRole('link', { name: 'Open run' }).click();
      await page.getByText('Hello Ada!').first().waitFor();
      await page.locator('.react-flow article').first().waitFor();
    });

    it('tries it, pauses it, gives it a new secret and removes it, by the keyboard too', async () => {
      const page = await open('greeting', 'hooks');
      await button('Try Shop').focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Try Shop' });
      expect(await dialog.getByRole('textbox').inputValue()).toContain('"customer"');
      await button('Send', dialog).click();
      await dialog.getByRole('link', { name: 'Open run' }).waitFor();
      await page.keyboard.press('Escape');
      await button('Pause Shop').click();
      await card('Shop').getByText('Paused').waitFor();
      await button('New secret of Shop').click();
      await button('Create secret').click();
      await page.getByRole('dialog', { name: 'Shop' }).getByText('The secret is shown only once').waitFor();
      await button('Done').click();
      await button('Delete Shop').click();
      await button('Delete webhook').click();
      await page.getByText('No incoming webhooks yet.').waitFor();
    });

    it('notifies a program of a run: it fails at first, and receives the message when it is sent again', async () => {
      const page = await open('greeting', 'webhooks');
      await button('New webhook').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name', { exact: true }).fill('CRM');
      await dialog.getByLabel('Address', { exact: true }).fill(`${outside.address}/crm`);
      await button('Create webhook', dialog).click();
      const secret = await dialog.locator('.copy-text code').innerText();
      await button('Done').click();

      outside.broken.add('/crm');
      await callJson(fixture.server, 'POST', '/v1/workflows/greeting', { name: 'Grace' });
      await button(/^Deliveries/, card('CRM')).click();
      const table = page.getByRole('region', { name: 'Deliveries of CRM' });
      await table.getByText(/^\d+ attempts?, next/).waitFor();
      await button(/^Attempts of/, table).click();
      await table.getByText('Status 500').first().waitFor();
      await table.getByText('The shop is closed.').first().waitFor();
      await saveScreenshot(page, 'triggers-webhooks');
      expect(await violations(page)).toEqual([]);
      outside.broken.delete('/crm');
      await button(/^Send now/, table).click();
      await table.getByText(/^Received/).waitFor();
      await table.getByText('Status 200').waitFor();
      const tries = outside.received.filter(({ path }) => path === '/crm');
      expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      const last = tries.at(-1);
      expect(new Webhook(secret).verify(last?.body ?? '', { ...last?.headers })).toMatchObject({
        type: 'run.done',
        data: { outputs: { greeting: 'Hello Grace!' } },
      });
    });

    it('describes a schedule in words before it is made, runs it now, and shows the run that it started', async () => {
      const page = await open('greeting', 'schedules');
      await button('New schedule').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name', { exact: true }).fill('At night');
      await dialog.getByLabel('Cron expression').fill('30 2 * * *');
      await dialog.getByLabel('Time zone').fill('Europe/Paris');
      await dialog.getByText('At 02:30, every day, Europe/Paris').waitFor();
      await dialog.getByText(/02:30 does not exist, as clocks go forward/).waitFor();
      await untilCount(dialog.getByRole('list', { name: 'Next times' }).getByRole('listitem'), 5);
      await dialog.getByLabel('Cron expression').fill('99 * * * *');
      await dialog
        .getByRole('alert')
        .getByText(/is not a valid cron expression/)
        .waitFor();
      expect(await button('Create schedule', dialog).isDisabled()).toBe(true);
      fixture.watched.forgive(/422/);
      await dialog.getByLabel('Cron expression').fill('30 2 * * *');
      await dialog.getByLabel('name', { exact: true }).fill('Ada at {{ time }}');
      await dialog.getByText('At 02:30, every day, Europe/Paris').waitFor();
      await saveScreenshot(page, 'triggers-schedule');
      await button('Create schedule', dialog).click();
      await button('Run now At night').click();
      await card('At night').getByRole('link', { name: 'Open run' }).waitFor();
      await button(/^History/, card('At night')).click();
      await page.getByRole('region', { name: 'History of At night' }).getByText('Started manually').waitFor();
      await saveScreenshot(page, 'triggers-schedules');
      expect(await violations(page)).toEqual([]);
      await button('Pause At night').click();
      await card('At night').getByText('Paused').waitFor();
    });

    it('runs a batch of 50 rows, and those that failed again', async () => {
      const bad = ['row7', 'row21', 'row42'];
      for (const name of bad) outside.broken.add(`/row/${name}`);
      const rows = Array.from({ length: 50 }, (_, index) => `row${index + 1},${index}`);
      const page = await open('look-up', 'batches');
      const choose = (text: string) =>
        page
          .getByLabel('File with rows')
          .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
      await page.getByText('No batches yet.').waitFor();
      await choose(`person,note\n${rows.join('\n')}\n`);
      // No column has the name of the input: nothing runs until somebody assigns one.
      await page.getByText('None of the rows is valid. The batch cannot start until they are corrected.').waitFor();
      expect(await button('Run', page.getByRole('form')).isDisabled()).toBe(true);
      await saveScreenshot(page, 'triggers-batch-check');
      await page.getByLabel('name', { exact: true }).selectOption('person');
      await page.getByText('50 rows for version 1. All rows are valid.').waitFor();
      await page.getByRole('region', { name: 'First rows' }).getByText('row5').waitFor();
      await saveScreenshot(page, 'triggers-batch-new');
      await button('Run 50 rows').click();
      const batch = card('people.csv');
      await batch.getByText('47 done, 3 failed of 50').waitFor({ timeout: 90_000 });
      await batch.getByText('Done, 3 rows failed').waitFor();
      await button(/^Rows/, batch).click();
      const table = page.getByRole('region', { name: 'Rows of people.csv' });
      await eventually('three failed rows', async () =>
        (await table.locator('tbody tr').count()) === 3 ? true : undefined,
      );
      await saveScreenshot(page, 'triggers-batches');
      expect(await violations(page)).toEqual([]);

      outside.broken.clear();
      await button('Rerun failed rows of people.csv').click();
      await batch.getByText('50 done of 50').waitFor({ timeout: 90_000 });
      const asked = outside.received.filter(({ path }) => path.startsWith('/row/'));
      for (const name of bad) expect(asked.filter(({ path }) => path === `/row/${name}`).length).toBeGreaterThan(1);
      expect(asked.filter(({ path }) => path === '/row/row8')).toHaveLength(1);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        batch.getByRole('link', { name: 'CSV of people.csv' }).click(),
      ]);
      const lines = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n');
      expect([lines.length, lines[7]]).toEqual([51, expect.stringContaining('found /row/row7')]);
    });
  },
);
