import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violationsOfThemes } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { eventually } from './eventually.js';
import { startFakeProvider, type FakeProvider } from './fake-provider.js';
import { saveScreenshot } from './open-browser.js';
import { agentic, direct, exceeding, routed } from './integrations-documents.js';
import { callJson } from './server-calls.js';

const key = 'sk-canary-5d2f1a90';

let provider: FakeProvider;

browserSuite(
  'the integrations in a browser',
  {
    withinMs: 120_000,
    prepare: async () => {
      provider = await startFakeProvider(key);
    },
    finish: () => provider.stop(),
  },
  (fixture) => {
    const call = (method: string, path: string, body?: unknown) => callJson(fixture.server, method, path, body);
    const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

    it('adds a connection, enters its key once, tests it, and offers its models', async () => {
      const { page } = fixture;
      await page.goto(`${fixture.server.address}/connections`);
      await page.getByRole('link', { name: 'Add connection' }).click();
      await page.getByRole('button', { name: /^Other server/ }).click();
      await field(page, 'Title').fill('The office');
      await field(page, 'Name in workflows').fill('office');
      await field(page, 'Base URL').fill('somewhere');
      await page.getByRole('button', { name: 'Save and test' }).click();
      await page.getByText('Enter a full address, such as').waitFor();
      await field(page, 'Base URL').fill(provider.address);
      await field(page, 'Key').fill('wrong');
      await page.getByRole('button', { name: 'Save and test' }).click();
      const asked = page.getByRole('dialog', { name: 'Keep The office anyway?' });
      await asked.getByText('The provider refused the key', { exact: true }).waitFor();
      await asked.getByRole('button', { name: 'Edit' }).click();
      await asked.waitFor({ state: 'detached' });
      await expect(call('GET', '/api/connections/office')).rejects.toThrow('404');
      await page.getByRole('button', { name: 'Save and test' }).click();
      await asked.getByRole('button', { name: 'Keep' }).click();
      await field(page, 'Replace key').fill(key);
      await page.getByRole('button', { name: 'Save and test' }).click();
      await page.getByText(/The server answered in .* and lists 2 models/).waitFor();
      expect(await page.content()).not.toContain(key);
      await page.getByRole('button', { name: 'Add small' }).click();
      await page.getByRole('button', { name: 'Add price' }).click();
      await page.getByLabel('Model of price 1').fill('*');
      await page.getByLabel('Input of *', { exact: true }).fill('3');
      await page.getByLabel('Output of *', { exact: true }).fill('15');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Saved.').waitFor();
      await saveScreenshot(page, 'connection');
      await page.goto(`${fixture.server.address}/connections`);
      await page.getByRole('button', { name: 'Test The office' }).click();
      await page.getByText(/2 models/).waitFor();
      await saveScreenshot(page, 'connections');
      const stored = await call('GET', '/api/connections/office');
      expect(stored).toMatchObject({
        title: 'The office',
        key: 'vault',
        models: [{ name: 'small' }],
        prices: [{ model: '*', inputPerMillion: 3, outputPerMillion: 15 }],
      });
    });

    it('makes a policy and replays decisions under a change before it is saved', async () => {
      const { page } = fixture;
      await page.goto(`${fixture.server.address}/policies`);
      await page.getByRole('link', { name: 'Add policy' }).click();
      await page.getByRole('button', { name: 'Save policy' }).click();
      await page.getByText('Select a model.').waitFor();
      await field(page, 'Name').fill('house');
      await field(page, 'Model of candidate 1').fill('office/small');
      await page.getByRole('button', { name: /^Only when/ }).click();
      await page.getByRole('button', { name: 'Save policy' }).click();
      await page.getByRole('heading', { name: 'house' }).waitFor();
      const { id } = await call('POST', '/api/workflows', { document: routed('house') });
      await call('POST', `/api/workflows/${String(id)}/runs?wait=1`, { inputs: { question: 'When is pay day?' } });
      expect(provider.requestedModels).toContain('small');
      await page.reload();
      await page.getByText('No decision would change.').waitFor();
      await field(page, 'Model of candidate 1').fill('office/large');
      await page.getByText('1 of 1').waitFor();
      await page.getByText('office/small', { exact: false }).last().waitFor();
      await saveScreenshot(page, 'what-if');
      expect(await call('GET', '/api/policies/house')).toMatchObject({ candidates: [{ model: 'office/small' }] });
    });

    it('shows the spending, and limits calls by a budget that is created there', async () => {
      const { page } = fixture;
      await call('POST', '/api/keys', { name: 'Shop', scopes: {} });
      await page.goto(`${fixture.server.address}/spend`);
      await page.getByRole('rowheader', { name: 'office/small' }).waitFor();
      await page.getByRole('button', { name: 'Add budget' }).click();
      await field(page, 'Title').fill('House');
      await field(page, 'Scope').selectOption({ label: 'An API key' });
      await field(page, 'Key').selectOption({ label: 'Shop' });
      await field(page, 'Scope').selectOption({ label: 'Everything' });
      await page.getByRole('button', { name: 'Save budget' }).click();
      await page.getByText(/^Set at least one amount: money/).waitFor();
      await field(page, 'Calls').fill('1');
      await page.getByRole('button', { name: 'Save budget' }).click();
      await page.getByText('0 calls').waitFor();
      await call('POST', '/api/workflows', { document: direct });
      const run = () => call('POST', '/api/workflows/direct/runs?wait=1', { inputs: { question: 'When is pay day?' } });
      expect(await run()).toMatchObject({ status: 'done' });
      const second = await run();
      expect(second).toMatchObject({ status: 'failed' });
      await page.getByText('used up').waitFor();
      await saveScreenshot(page, 'spend');
      await page.goto(`${fixture.server.address}/runs/${String(second['runId'])}`);
      await page.getByText('The budget does not allow it').first().waitFor();
      await page.getByRole('button', { name: /Show or hide timeline/ }).click();
      await page.getByRole('article', { name: 'Generate', exact: true }).locator('header').click();
      await page.getByRole('link', { name: 'Open budgets' }).first().click();
      await page.getByRole('button', { name: 'Delete House' }).click();
      await page.getByRole('button', { name: 'Delete budget' }).click();
      await page.getByText('No budgets yet').waitFor();
    });

    it('shows the route decision of a run, and accepts a rating of it', async () => {
      const { page } = fixture;
      const { runId } = await call('POST', '/api/workflows/routed/runs?wait=1', { inputs: { question: 'Pay day?' } });
      await page.goto(`${fixture.server.address}/runs/${String(runId)}`);
      await page.getByRole('button', { name: 'Good answer' }).click();
      await page.getByRole('button', { name: 'Good answer', pressed: true, disabled: false }).waitFor();
      const route = page.getByRole('article', { name: 'Route', exact: true });
      await route.getByText('Stays local to office/small').waitFor();
      await route.locator('header').click();
      await page.getByRole('tab', { name: 'Output' }).click();
      await page.getByRole('region', { name: 'Decision' }).getByText('taken').waitFor();
      await saveScreenshot(page, 'decision');
      const { facts } = await call('POST', '/api/policies/facts', { models: ['office/small'] });
      expect(facts).toMatchObject([{ quality: { mean: 1 }, latency: { samples: expect.any(Number) } }]);
    });

    it('shows the long turns of an agent whole, with the calls in them', async () => {
      const { page } = fixture;
      const { id } = await call('POST', '/api/workflows', { document: agentic });
      const { runId } = await call('POST', `/api/workflows/${String(id)}/runs?wait=1`, {
        inputs: { question: '6*7?' },
      });
      await page.goto(`${fixture.server.address}/runs/${String(runId)}`);
      await page.getByRole('article', { name: 'Agent', exact: true }).locator('header').click();
      await page.getByRole('tab', { name: 'Output' }).click();
      const steps = page.getByRole('region', { name: 'Steps' });
      await steps.getByText('calculator({"expression":"6*7"})').click();
      await steps.getByRole('heading', { name: 'Result' }).waitFor();
      // Long turns arrive truncated, and are loaded one after the other.
      await eventually('two turns in full', async () => {
        const texts = await steps.getByRole('group', { name: 'Model text' }).allInnerTexts();
        return texts.length === 2 && texts.every((text) => text.length > 5_000) ? true : undefined;
      });
      await saveScreenshot(page, 'agent-steps');
    });

    it('marks an edge that can carry data above a clearance, and leads from the data map to its node', async () => {
      const { page } = fixture;
      const { slug } = await call('POST', '/api/workflows', { document: exceeding });
      await page.goto(`${fixture.server.address}/workflows/${String(slug)}`);
      await page.locator('.canvas_edge-exceeds').waitFor();
      await page.getByRole('button', { name: /^Show data map/ }).click();
      const map = page.getByRole('dialog', { name: 'Data map' });
      await map.getByText('above the clearance: the run fails there').waitFor();
      await saveScreenshot(page, 'data-map');
      await map.getByRole('button', { name: /Ask outside/ }).click();
      await map.waitFor({ state: 'detached' });
      await eventually('the node', async () =>
        (await page.getByRole('complementary', { name: 'Node' }).count()) > 0 ? true : undefined,
      );
    });

    it('sets a secret and never shows it, and shows each setting with its source', async () => {
      const { page } = fixture;
      await page.goto(`${fixture.server.address}/secrets`);
      await page.getByRole('button', { name: 'Set secret' }).click();
      await field(page, 'Name').fill('crm-token');
      await field(page, 'Value').fill(key);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('crm-token').waitFor();
      expect(await page.content()).not.toContain(key);
      await page.goto(`${fixture.server.address}/settings/all`);
      await page.getByRole('button', { name: 'Changed' }).click();
      const port = page.getByRole('listitem').filter({ hasText: 'PORT' });
      await port.getByText('Environment').first().waitFor();
      await page.goto(`${fixture.server.address}/settings`);
      await page.getByRole('button', { name: 'Dark', exact: true }).click();
      await eventually('the dark theme', async () =>
        (await page.locator('html').getAttribute('data-theme')) === 'dark' ? true : undefined,
      );
      await page.getByRole('button', { name: 'Show shortcuts' }).click();
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    });

    it('has no axe violations on pages with much content, in light and in dark', async () => {
      const { page } = fixture;
      const pages: readonly (readonly [string, string])[] = [
        ['/connections/office', 'Save and test'],
        ['/policies/house', 'decisions'],
        ['/spend', 'office/small'],
      ];
      for (const [path, heading] of pages) {
        await page.goto(`${fixture.server.address}${path}`);
        await page.getByText(heading).first().waitFor();
        expect([path, await violationsOfThemes(page)]).toEqual([path, []]);
      }
    });
  },
);
