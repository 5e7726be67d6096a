import { expect, it } from '@jest/globals';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { untilCount } from './eventually.js';
import { drawingPage, laidOut, type Stored } from './drawing-page.js';
import { saveScreenshot } from './open-browser.js';

browserSuite('groups and inner workflows in a browser', {}, (fixture) => {
  const drawn = drawingPage(
    () => fixture.server.address,
    () => fixture.watched.page,
  );
  const { open, until, card, choose, press, focusCanvas } = drawn;

  it('groups and folds nodes, turns the group into a sub-workflow that still runs, and undoes all of it', async () => {
    const { page } = fixture.watched;
    const id = await open(laidOut);
    await card('Prompt').waitFor();
    await focusCanvas();
    await press('ArrowRight', 'ArrowRight', 'g');
    await page.getByLabel('Group name').fill('Words');
    await press('Enter');
    await page.getByRole('region', { name: 'Group Words' }).waitFor();
    await press('f');
    await page.getByRole('article', { name: 'Group Words' }).waitFor();
    await card('Prompt').waitFor({ state: 'detached' });
    await untilCount(page.locator('.react-flow__edge'), 2);
    await saveScreenshot(page, 'folded');
    await press('f');
    await page.getByRole('region', { name: 'Group Words' }).waitFor();
    await card('Prompt').waitFor();
    await press('Shift+W');
    await page.locator('.canvas_title-input:focus').waitFor();
    await page.keyboard.type('Edited words');
    await press('Enter');
    await card('Edited words').waitFor();
    const { nodes, edges, workflows } = await until(id, 'sub-workflow', (document) => document.workflows !== undefined);
    expect(
      Object.values(nodes)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['input', 'output', 'workflow']);
    expect([edges.length, Object.keys(workflows ?? {})]).toEqual([2, ['part-1']]);
    const run = await fetch(`${fixture.server.address}/api/workflows/${id}/runs?wait=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: { name: 'Ada' } }),
    });
    expect(((await run.json()) as { outputs: Record<string, unknown> }).outputs['greeting']).toBe('Hello Ada!');
    await focusCanvas();
    await press('Control+z', 'Control+z');
    await until(
      id,
      'the group again',
      (document) => document.workflows === undefined && document.layout?.groups.length === 1,
    );
    await page.getByRole('region', { name: 'Group Words' }).waitFor();
  });

  it('creates an inner workflow, changes it on its own canvas, and goes back', async () => {
    const { page } = fixture.watched;
    const id = await open(laidOut);
    await card('Prompt').waitFor();
    await focusCanvas();
    await press('ArrowRight', 'ArrowRight', 'Tab');
    await choose('for each');
    await card('For each').waitFor();
    await page.getByRole('button', { name: 'Create inner workflow' }).click();
    const around = page.getByRole('navigation', { name: 'Outer workflows' });
    await around.getByLabel('Inner workflow name').fill('One greeting');
    await card('Output').waitFor();
    await focusCanvas();
    await press('ArrowRight', 'Tab');
    await choose('prompt');
    await card('Prompt').waitFor();
    await saveScreenshot(page, 'inside');
    const inner = (document: Stored): string => JSON.stringify(document.workflows ?? {});
    await until(id, 'the node inside', (document) => /One greeting.*"type":"prompt"/.test(inner(document)));
    expect(await violations(page)).toEqual([]);
    // The change is undone inside; a reload then opens the same inner workflow.
    await focusCanvas();
    await press('Control+z');
    await until(id, 'no node inside', (document) => !inner(document).includes('"type":"prompt"'));
    await page.reload();
    await card('Output').waitFor();
    await around.getByRole('button', { name: /Back to/ }).click();
    await card('For each')
      .getByRole('button', { name: /One greeting/ })
      .waitFor();
    await page.goBack();
    await around.waitFor();
    await focusCanvas();
    await press('Control+ArrowUp');
    await around.waitFor({ state: 'detached' });
    await card('For each').dblclick({ position: { x: 60, y: 60 } });
    await around.waitFor();
  });
});
