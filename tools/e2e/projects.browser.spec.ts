import { expect, it } from '@jest/globals';
import type { ProjectsReply } from '@heddle/core';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { laidOut } from './drawing-page.js';
import { saveScreenshot } from './open-browser.js';
import { requests, makeOwner, makeUser, pageOf, signIn, type Person } from './people.js';

let ada: Person;
let bob: Person;
let shop = '';

browserSuite(
  'projects in a browser',
  {
    environment: { HEDDLE_SIGN_IN: 'required' },
    prepare: async ({ server }) => {
      ada = await makeOwner(server);
      bob = await makeUser(server, ada, 'Bob', ['viewer']);
      await requests(server, ada, 'POST', '/api/workflows', { document: laidOut, slug: 'greeting' });
    },
  },
  (fixture) => {
    const tile = (page: Page, name: string) => page.locator('.home_tile', { hasText: name });
    /** The page starts in a project, like a tab that was open before. */
    const beginIn = (page: Page, id: string) =>
      page.addInitScript((project) => {
        if (sessionStorage.getItem('begun') === null) sessionStorage.setItem('heddle.project', project);
        sessionStorage.setItem('begun', 'yes');
      }, id);
    /** A button disappears once the page knows the user; until then the server would decide. */
    const isAbsent = (page: Page, name: string) =>
      page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
    const switcher = (page: Page, name: string) => page.getByRole('button', { name: `Project ${name}:` });

    it('are created, given members, and switched, by keyboard too', async () => {
      await signIn(fixture.watched, fixture.server, ada);
      const page = await fixture.open('/settings/projects');
      await page.getByRole('button', { name: 'New project' }).click();
      await page.getByLabel('Name').fill('Web shop');
      await page.getByRole('button', { name: 'Create project' }).click();
      await page.getByRole('button', { name: 'Members of Web shop' }).click();
      const { projects } = await requests<ProjectsReply>(fixture.server, ada, 'GET', '/api/projects');
      shop = projects.find(({ name }) => name === 'Web shop')?.id ?? '';
      const members = page.getByRole('dialog', { name: 'Members of Web shop' });
      await members.getByRole('button', { name: 'Add member' }).click();
      await members.getByLabel(/^Email/).fill('bob@example.org');
      await members.getByLabel(/^viewer/).uncheck();
      await members.getByLabel(/^editor/).check();
      await members.getByRole('button', { name: 'Save' }).click();
      await members.getByText('editor', { exact: true }).waitFor();
      await members.getByRole('button', { name: 'Close' }).click();

      // The tab starts in the first project, and the keyboard switches to another one.
      await switcher(page, 'Default').waitFor();
      await page.locator('body').press('Shift+O');
      await page.getByRole('combobox', { name: 'Projects' }).fill('shop');
      expect(await violations(page)).toEqual([]);
      await saveScreenshot(page, 'projects');
      await page.keyboard.press('Enter');
      await switcher(page, 'Web shop').waitFor();
      await page.getByText('Current project').waitFor();
    });

    it('keep two tabs apart, in every list and over a reload', async () => {
      await signIn(fixture.watched, fixture.server, ada);
      const page = await fixture.open('/');
      await tile(page, 'Greeting').waitFor();
      const other = await fixture.page.context().newPage();
      await other.goto(`${fixture.server.address}/`);
      await switcher(other, 'Default').click();
      await other.getByRole('option', { name: /^Web shop/ }).click();
      await other.getByRole('heading', { name: 'Web shop', level: 1 }).waitFor();
      await other.getByText('A workflow is a graph of nodes').waitFor();
      await other.getByRole('button', { name: 'New workflow', exact: true }).click();
      await other.getByRole('textbox', { name: 'Workflow name' }).waitFor();
      await other.goto(`${fixture.server.address}/`);
      await tile(other, 'New workflow').waitFor();
      expect(await tile(other, 'Greeting').count()).toBe(0);

      await page.reload();
      await tile(page, 'Greeting').waitFor();
      await switcher(page, 'Default').waitFor();
      expect(await tile(page, 'New workflow').count()).toBe(0);
      await other.close();
    });

    it('show runs only to users who watch that project', async () => {
      await signIn(fixture.watched, fixture.server, ada);
      const page = await fixture.open('/runs');
      const other = await fixture.page.context().newPage();
      await beginIn(other, shop);
      await other.goto(`${fixture.server.address}/runs`);
      await switcher(other, 'Web shop').waitFor();
      await requests(fixture.server, ada, 'POST', '/api/workflows/greeting/runs?wait=1', { inputs: { name: 'Ada' } });
      await page
        .getByRole('link', { name: /Greeting/ })
        .first()
        .waitFor();
      const seen = await requests<{ readonly runs: readonly unknown[] }>(
        fixture.server,
        ada,
        'GET',
        '/api/runs',
        undefined,
        {
          'heddle-project': shop,
        },
      );
      expect(seen.runs).toEqual([]);
      expect(await other.getByRole('link', { name: /Greeting/ }).count()).toBe(0);
      await other.close();
    });

    it('switch when a link leads to another project', async () => {
      await signIn(fixture.watched, fixture.server, ada);
      const page = await fixture.open('/');
      await switcher(page, 'Default').waitFor();
      const { workflows } = await requests<{ readonly workflows: readonly { readonly slug: string }[] }>(
        fixture.server,
        ada,
        'GET',
        '/api/workflows',
        undefined,
        { 'heddle-project': shop },
      );
      await fixture.open(`/workflows/${workflows[0]?.slug ?? ''}`);
      await switcher(page, 'Web shop').waitFor();
      await page.getByRole('textbox', { name: 'Workflow name' }).waitFor();
    });

    it('show only permitted actions: a viewer is offered nothing that would be refused', async () => {
      await signIn(fixture.watched, fixture.server, bob);
      const page = await fixture.open('/workflows/greeting');
      await page.getByText('Read only').waitFor();
      for (const name of ['Run', 'Publish version 1', 'Undo']) await isAbsent(page, name);
      await fixture.open('/');
      await tile(page, 'Greeting').waitFor();
      await isAbsent(page, 'New workflow');
      await isAbsent(page, 'Choose files');
      await switcher(page, 'Default').click();
      await page.getByRole('option', { name: /^Web shop/ }).click();
      await page.getByRole('button', { name: 'New workflow', exact: true }).waitFor();
    });

    it('let an approver renew and revoke a link, but not create or change one', async () => {
      const { server } = fixture;
      await requests(server, ada, 'POST', '/api/workflows/greeting/publish', { acceptDataMap: true });
      await requests(server, ada, 'POST', '/api/workflows/greeting/shares', { name: 'Team' });
      await signIn(fixture.watched, server, await makeUser(server, ada, 'Eve', ['approver']));
      const page = await fixture.open('/workflows/greeting/api');
      const links = page.getByRole('region', { name: 'Share' });
      await links.getByRole('button', { name: 'Revoke Team' }).waitFor();
      await links.getByRole('button', { name: 'Renew Team' }).waitFor();
      await isAbsent(page, 'New link');
      await isAbsent(page, 'Change Team');
    });

    it('are archived but still shown, restored, and left by a member', async () => {
      await signIn(fixture.watched, fixture.server, ada);
      const page = await fixture.open('/settings/projects');
      await page.getByRole('button', { name: 'More actions for Web shop' }).click();
      await page.getByRole('menuitem', { name: 'Archive' }).click();
      await page.getByRole('button', { name: 'Archive project' }).click();
      await page.getByRole('heading', { name: 'Archived' }).waitFor();

      const watched = await pageOf(fixture.browser, fixture.server, bob);
      await beginIn(watched.page, shop);
      await watched.page.goto(`${fixture.server.address}/`);
      await tile(watched.page, 'New workflow').waitFor();
      await isAbsent(watched.page, 'New workflow');

      await page.getByRole('button', { name: 'More actions for Web shop' }).click();
      await page.getByRole('menuitem', { name: 'Restore' }).click();
      await page.getByRole('button', { name: 'Restore project' }).click();
      await page.getByRole('heading', { name: 'Archived' }).waitFor({ state: 'detached' });

      await watched.page.goto(`${fixture.server.address}/settings/projects`);
      await watched.page.getByRole('button', { name: 'More actions for Web shop' }).click();
      await watched.page.getByRole('menuitem', { name: 'Leave' }).click();
      await watched.page.getByRole('button', { name: 'Leave project' }).click();
      // The tab was in that project, so it starts again in a remaining one.
      await watched.page.getByRole('listitem').filter({ hasText: 'Web shop' }).waitFor({ state: 'detached' });
      await watched.page.getByText('your roles: viewer').waitFor();
      expect(watched.problems()).toEqual([]);
      await watched.page.close();
    });
  },
);
