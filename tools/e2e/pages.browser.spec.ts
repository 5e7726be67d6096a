import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { browserSuite } from './browser-suite.js';
import { greeting } from './documents.js';
import { eventually } from './eventually.js';
import { saveScreenshot } from './open-browser.js';
import { callJson } from './server-calls.js';
import { missingModels } from './starter-models.js';

/** Drops files on the page, as a person does. */
async function drop(page: Page, files: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, text } of given) data.items.add(new File([text], name));
    return data;
  }, files);
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: transfer });
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}

browserSuite('the pages in a browser', { obstacle: await missingModels(), withinMs: 150_000 }, (fixture) => {
  const stored = async (slug: string): Promise<{ name: string; nodes: Record<string, unknown> }> => {
    const reply = await fetch(`${fixture.server.address}/api/workflows/${slug}`);
    return ((await reply.json()) as { document: { name: string; nodes: Record<string, unknown> } }).document;
  };
  const newWorkflow = async (name: string): Promise<string> =>
    String((await callJson(fixture.server, 'POST', '/api/workflows', { document: { ...greeting, name } }))['slug']);
  const nameField = (page: Page) => page.getByRole('textbox', { name: 'Workflow name' });
  const saveMark = (page: Page) => page.locator('.workflow_save-mark');

  it('copies a template with its documents, and answers after one more click', async () => {
    const { page } = fixture;
    await page.goto(`${fixture.server.address}/templates`);
    await page.getByRole('button', { name: 'Use Bilingual FAQ' }).click();
    await page.waitForURL(/\/workflows\/bilingual-faq/, { timeout: 150_000 });
    await page
      .getByRole('button', { name: /^Run\b/ })
      .first()
      .click();
    await page.getByRole('region', { name: 'Result' }).getByText('fünf Jahre').first().waitFor({ timeout: 90_000 });
    await page.goto(fixture.server.address);
    await page.getByRole('link', { name: /faq_de.*4 documents/s }).waitFor();
    await page.getByRole('list').first().getByText('Done').first().waitFor();
    await saveScreenshot(page, 'home');
  });

  it('renames, duplicates, exports and deletes a workflow, and imports its dropped file', async () => {
    const { page } = fixture;
    await newWorkflow('First name');
    await page.goto(fixture.server.address);
    const more = (name: string) => page.getByRole('button', { name: `More actions for ${name}`, exact: true });
    await more('First name').click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Second name');
    await page.keyboard.press('Enter');
    await more('Second name').click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await more('Second name (copy)').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Export as file' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    await more('Second name (copy)').click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete workflow' }).click();
    await more('Second name (copy)').waitFor({ state: 'detached' });
    await drop(page, [{ name: 'copy.json', text }]);
    await page.waitForURL(/\/workflows\//);
    await eventually('the name', async () =>
      (await nameField(page).inputValue()) === 'Second name (copy)' ? true : undefined,
    );
    await page.goto(fixture.server.address);
    // The page accepts files once it knows that the user may create workflows.
    await page.getByRole('button', { name: 'New workflow' }).waitFor();
    await drop(page, [{ name: 'notes.json', text: '{"heddle":' }]);
    await page
      .getByRole('alert')
      .getByText(/notes\.json/)
      .waitFor();
  });

  it('imports dropped files, names the one that failed, finds the other, and shows its passages', async () => {
    const { page } = fixture;
    await page.goto(`${fixture.server.address}/collections`);
    await page.getByRole('button', { name: 'New collection' }).click();
    await page.getByRole('textbox', { name: /^Title/ }).fill('Weaving');
    await page.getByRole('button', { name: 'Create collection' }).click();
    await page.getByRole('heading', { name: 'Weaving', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/collections/weaving');
    await drop(page, [
      {
        name: 'selvedge.md',
        text: '# Selvedge\n\nThe selvedge is the finished edge of a cloth.\n\n# Weft\n\nThe weft runs across.',
      },
      { name: 'broken.pdf', text: '%PDF-1.7 this is no document' },
    ]);
    await page.getByRole('button', { name: 'Retry 1 document' }).waitFor({ timeout: 40_000 });
    const ingest = page.getByRole('region', { name: 'Import', exact: true });
    expect(await ingest.innerText()).toContain('broken.pdf');
    await page.getByRole('searchbox').fill('finished edge of cloth');
    await page.keyboard.press('Enter');
    const first = page.getByRole('list', { name: 'Results' }).getByRole('listitem').first();
    await first.waitFor({ timeout: 20_000 });
    await first.getByText('Details').click();
    expect(await first.innerText()).toMatch(/Semantic[\s\S]*Keyword[\s\S]*Combined/);
    expect(await first.locator('mark').allInnerTexts()).toEqual(expect.arrayContaining(['finished', 'edge', 'cloth']));
    expect(await first.innerText()).not.toContain('#');
    await first.getByRole('button').click();
    const text = page.getByRole('region', { name: 'Text', exact: true });
    await text.locator('[data-shown]').first().waitFor();
    expect(await text.innerText()).toContain('The weft runs across.');
    await saveScreenshot(page, 'collection');
    await page.getByRole('button', { name: 'Re-index selvedge.md' }).click();
    await ingest.getByText('1 document · 2 passages').waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Delete selvedge.md' }).click();
    await page.getByRole('button', { name: 'Delete document' }).click();
    await page.getByText('No documents yet').waitFor();
  });

  it('loads a model, tries it, and shows its host at work', async () => {
    const { page } = fixture;
    await page.goto(`${fixture.server.address}/models`);
    await page.getByRole('searchbox').fill('smollm2 135m instruct');
    await page.getByRole('button', { name: /^Try SmolLM2 135M/ }).click();
    await page.getByRole('button', { name: 'Send' }).click();
    const answer = page.getByRole('region', { name: 'Answer' });
    await answer.getByText(/^Done/).waitFor({ timeout: 60_000 });
    expect(await answer.innerText()).toMatch(/\d+ → \d+ tokens · first token .* · [\d.]+ tokens\/s/);
    await page.keyboard.press('Escape');
    const host = page.getByRole('article', { name: 'llama.cpp' });
    await host.getByText('0 of 4 slots').waitFor();
    expect(await host.innerText()).toMatch(/tokens\/s[\s\S]*first token[\s\S]*context [1-9]/);
    await page.getByRole('button', { name: /^Unload SmolLM2/ }).click();
    await page.getByRole('button', { name: /^Load SmolLM2/ }).waitFor();
  });

  it('merges the changes of two tabs, shows both sides of a conflict, and saves the chosen side', async () => {
    const { page } = fixture;
    const slug = await newWorkflow('Two tabs');
    const second = await fixture.another();
    for (const one of [page, second.page]) await one.goto(`${fixture.server.address}/workflows/${slug}`);
    await second.page.locator('article').first().waitFor();
    await nameField(page).fill('Name of the other tab');
    await saveMark(page).getByText('Saved', { exact: true }).waitFor();
    for (const { forgive } of [fixture.watched, second]) forgive(/409/);
    await second.page.locator('article').first().click();
    await second.page.keyboard.press('d');
    await second.page.getByText('Merged changes from elsewhere').waitFor();
    await saveMark(second.page).getByText('Saved', { exact: true }).waitFor();
    expect(await nameField(second.page).inputValue()).toBe('Name of the other tab');
    expect(JSON.stringify((await stored(slug)).nodes)).toContain('"disabled":true');
    // The first tab merges that with its next change; then both tabs have changed the name.
    await nameField(page).fill('Name of somebody else');
    await eventually('the other name', async () =>
      (await stored(slug)).name === 'Name of somebody else' ? true : undefined,
    );
    await nameField(second.page).fill('Name of the second tab');
    await second.page.getByRole('button', { name: 'Compare' }).click();
    const dialog = second.page.getByRole('dialog');
    await dialog.getByText('Name of somebody else').waitFor();
    await saveScreenshot(second.page, 'conflict');
    await dialog.getByRole('button', { name: 'All theirs' }).click();
    await dialog.getByRole('button', { name: 'Save selection' }).click();
    await saveMark(second.page).getByText('Saved', { exact: true }).waitFor();
    expect(await nameField(second.page).inputValue()).toBe('Name of somebody else');
    const document = await stored(slug);
    expect(document.name).toBe('Name of somebody else');
    expect(JSON.stringify(document.nodes)).toContain('"disabled":true');
  });

  it('keeps unsaved work over a reload while the server is gone, and saves it when it is back', async () => {
    const { page, forgive } = fixture.watched;
    forgive(/ERR_FAILED|ERR_CONNECTION|Failed to load resource/);
    const slug = await newWorkflow('Kept');
    await page.goto(`${fixture.server.address}/workflows/${slug}`);
    let isGone = true;
    await page.route('**/api/workflows/*', (route) =>
      isGone && route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await nameField(page).fill('Typed while it was gone');
    await saveMark(page)
      .getByText(/Not saved: kept on this device/)
      .waitFor();
    await page.reload();
    await eventually('the kept name', async () =>
      (await nameField(page).inputValue()) === 'Typed while it was gone' ? true : undefined,
    );
    isGone = false;
    await saveMark(page).getByText('Saved', { exact: true }).waitFor({ timeout: 15_000 });
    expect((await stored(slug)).name).toBe('Typed while it was gone');
  });
});
