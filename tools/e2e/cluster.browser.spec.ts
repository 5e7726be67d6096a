import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { themes, violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { temporaryFolder } from './built-program.js';
import { pausing } from './documents.js';
import { saveScreenshot } from './open-browser.js';
import { begin, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

const postgres = await startTestPostgres({ keeps: true });
const environment = {
  HEDDLE_KEY_FILE: join(temporaryFolder(), 'shared.key'),
  ...(postgres === undefined ? {} : { HEDDLE_DATABASE_URL: new URL('/pages', postgres.url).href }),
};

let other: ServerProcess | undefined;
const options = {
  obstacle: postgres === undefined ? 'no Postgres is installed' : undefined,
  environment: async () => {
    await postgres?.query('CREATE DATABASE pages');
    return { ...environment, HEDDLE_ROLE: 'api' };
  },
  prepare: async () => {
    other = await startServer({ environment: { ...environment, HEDDLE_ROLE: 'worker', HEDDLE_WORKER_ZONE: 'dmz' } });
  },
  finish: async () => {
    await other?.stop();
    await postgres?.close();
  },
};

browserSuite('the section Cluster with two processes', options, (fixture) => {
  it('shows both processes, drains one and lets it take runs again, and shows waiting runs', async () => {
    const page = await fixture.open('/settings/cluster');
    const rows = page.locator('[aria-label=Processes] tbody tr');
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    await page.getByText('zone:dmz').waitFor();
    await page.getByRole('button', { name: /^Drain/ }).click();
    await page.getByText('No other process takes runs').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await page.getByText('Draining').waitFor();
    const runId = await begin(fixture.server, pausing(0), { name: 'Ada' });
    await page.getByText('1 run without a process').waitFor();
    const { page: list } = await fixture.another();
    await list.goto(`${fixture.server.address}/runs`);
    await list.getByText('No process takes runs').waitFor();
    expect(await violations(list)).toEqual([]);
    await saveScreenshot(list, 'runs-without-a-process');
    await list.getByRole('link', { name: 'Pausing' }).click();
    await list.getByText('The run starts by itself then.').waitFor();
    await saveScreenshot(list, 'run-without-a-process');
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize(theme === 'dark' ? { width: 1440, height: 900 } : { width: 1024, height: 800 });
      expect(await violations(page)).toEqual([]);
      await saveScreenshot(page, `cluster-${theme}`);
    }
    await page.getByRole('button', { name: /^Take runs/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take runs' }).click();
    expect((await untilStatus(fixture.server, runId)).status).toBe('done');
    await page.getByText('1 run without a process').waitFor({ state: 'detached' });
    await page.getByText('Ready').nth(1).waitFor();
    await saveScreenshot(page, 'cluster-ready');
  });
});
