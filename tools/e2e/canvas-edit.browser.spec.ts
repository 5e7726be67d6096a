import { expect, it } from '@jest/globals';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { greeting } from './documents.js';
import { drawingPage, dropFile, laidOut } from './drawing-page.js';
import { eventually } from './eventually.js';
import { saveScreenshot } from './open-browser.js';
import { untilStatus } from './server-calls.js';
import { missingModels } from './starter-models.js';

const empty = { heddle: 2, name: 'From nothing', nodes: {}, edges: [] };

browserSuite('drawing on the canvas in a browser', { obstacle: await missingModels() }, (fixture) => {
  const drawn = drawingPage(
    () => fixture.server.address,
    () => fixture.watched.page,
  );
  const { open, stored, until, card, handle, middleOf, drawEdge, pick, choose, press, focusCanvas } = drawn;
  async function expectAnswer(id: string): Promise<void> {
    const { page } = fixture.watched;
    await page.waitForURL((url) => url.searchParams.has('run'));
    const run = await untilStatus(fixture.server, new URL(page.url()).searchParams.get('run') ?? '');
    expect([run.status, String(run.outputs['result']).length > 0]).toEqual(['done', true]);
    expect((await stored(id)).edges).toHaveLength(2);
  }

  it('builds a workflow from nothing by mouse and runs it on a model', async () => {
    const { page } = fixture.watched;
    const id = await open(empty);
    await page.mouse.dblclick(180, 300);
    await pick('Input');
    await card('Input').waitFor();
    await handle('Input', 'text', 'source').waitFor();
    await drawEdge(handle('Input', 'text', 'source'), [520, 480]);
    await pick('Generate');
    await card('Generate').waitFor();
    await until(id, 'edge to the model', ({ edges }) =>
      edges.some(({ from, to }) => from === 'input.text' && to === 'generate.prompt'),
    );
    await page.mouse.dblclick(700, 160);
    await pick('Output');
    await handle('Output', 'result', 'target').waitFor();
    await drawEdge(handle('Generate', 'text', 'source'), await middleOf(handle('Output', 'result', 'target')));
    await until(id, 'edge to the output', ({ edges }) => edges.length === 2);
    await saveScreenshot(page, 'built-by-mouse');
    await page.mouse.click(400, 800);
    await page.getByRole('textbox', { name: 'text' }).first().fill('Say hello.');
    await page
      .getByRole('button', { name: /^Run\b/ })
      .first()
      .click();
    await expectAnswer(id);
  });

  it('puts the focus on the canvas of a new workflow, with a visible ring', async () => {
    const page = await fixture.open('/');
    await page.getByRole('button', { name: 'New workflow', exact: true }).press('Enter');
    const canvas = page.getByRole('application', { name: /^Canvas/ });
    await page.locator('.workflow-canvas:focus-visible').waitFor();
    const ring = await canvas.evaluate((element) => {
      const { borderTopWidth, inset } = getComputedStyle(element, '::after');
      return { borderTopWidth, inset };
    });
    expect(ring).toEqual({ borderTopWidth: '2px', inset: '0px' });
    await page.keyboard.press('Tab');
    await page.getByRole('dialog').getByRole('combobox').waitFor();
  });

  it('builds the same by keyboard only and runs it', async () => {
    const { page } = fixture.watched;
    const id = await open(empty);
    await focusCanvas();
    for (const type of ['input', 'generate', 'output']) {
      // The canvas gets the focus back when the list is gone.
      await page.locator('.workflow-canvas:focus').waitFor();
      await press('Tab');
      await choose(type);
      await card(type.charAt(0).toUpperCase() + type.slice(1)).waitFor({ state: 'attached' });
      await page.locator('.picker-search').waitFor({ state: 'detached' });
    }
    // Each node is beside the one before it and connected by the obvious port.
    const { edges } = await until(id, 'both edges', (document) => document.edges.length === 2);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'input.text generate.prompt',
      'generate.text output.result',
    ]);
    await press('Escape', 'Shift+L', 'Escape', 'ArrowRight', 'ArrowRight');
    await page.getByRole('status').getByText('Inputs: prompt from Input').waitFor({ state: 'attached' });
    await press('Escape', 'F6');
    await eventually('focus in the form', () =>
      page.evaluate(() => (document.activeElement?.matches('textarea, input') === true ? true : undefined)),
    );
    await page.keyboard.type('Say hello.');
    await press('Control+Enter');
    await expectAnswer(id);
  });

  it('undoes and redoes 20 steps', async () => {
    const id = await open(laidOut);
    await card('Prompt').waitFor();
    await focusCanvas();
    const before = await stored(id);
    await press('ArrowRight', 'ArrowRight');
    for (let step = 0; step < 10; step += 1) {
      await press('Control+d');
      await card('Prompt')
        .nth(step + 1)
        .waitFor({ state: 'attached' });
      await press('d');
    }
    const after = await until(
      id,
      'ten copies',
      ({ nodes }) =>
        Object.keys(nodes).length === 13 &&
        'run' in (nodes['words-10'] ?? {}) &&
        !('run' in (nodes['words-11'] ?? { run: 1 })),
    );
    for (let step = 0; step < 20; step += 1) await press('Control+z');
    expect(await until(id, 'the beginning', ({ nodes }) => Object.keys(nodes).length === 3)).toEqual(before);
    for (let step = 0; step < 20; step += 1) await press('Control+Shift+z');
    expect(
      await until(
        id,
        'all of it',
        ({ nodes }) => 'run' in (nodes['words-10'] ?? {}) && !('run' in (nodes['words-11'] ?? { run: 1 })),
      ),
    ).toEqual(after);
  });

  it('writes a note in Markdown, and drags a node onto an edge', async () => {
    const { page } = fixture.watched;
    const id = await open(laidOut);
    await card('Prompt').waitFor();
    await page.mouse.move(300, 700);
    await focusCanvas();
    await press('c');
    await page.getByLabel('Note text').fill('# Why\n**Short** words');
    await press('Control+Enter');
    await page.locator('.canvas_note strong').getByText('Short').waitFor();
    await until(id, 'note', ({ layout }) => layout?.notes[0]?.text === '# Why\n**Short** words');
    await press('Escape', 'Tab');
    await choose('set');
    await card('Transform').waitFor();
    await handle('Transform', 'value', 'target').waitFor();
    const from = await middleOf(card('Transform').locator('.canvas_card-head'));
    const [x1, y1] = await middleOf(handle('Prompt', 'text', 'source'));
    const [x2, y2] = await middleOf(handle('Output', 'greeting', 'target'));
    await page.mouse.move(...from);
    await page.mouse.down();
    // A drag starts only after a first movement of the pointer, which is small for a hand.
    await page.mouse.move(from[0] + 2, from[1] - 2);
    await page.mouse.move((x1 + x2) / 2, y1, { steps: 5 });
    await page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2 - 4);
    await page.locator('.canvas_edge[data-drop]').waitFor({ state: 'attached' });
    await page.mouse.up();
    const { edges } = await until(id, 'node on the edge', (document) => document.edges.length === 3);
    expect(edges.slice(1)).toEqual([
      { from: 'words.text', to: 'set.value' },
      { from: 'set.value', to: 'reply.greeting' },
    ]);
    await press('Control+z');
    await until(id, 'the original edge', (document) => document.edges.length === 2);
  });

  it('shows a whole node that is added at the border, and puts no note beneath a card', async () => {
    const { page } = fixture.watched;
    await open(laidOut);
    await card('Prompt').waitFor();
    const canvas = await page.locator('.react-flow').boundingBox();
    const right = (canvas?.x ?? 0) + (canvas?.width ?? 0);
    await page.mouse.dblclick(right - 30, 200);
    await pick('Transform');
    await card('Transform').waitFor();
    const [middle] = await middleOf(card('Transform'));
    const box = await card('Transform').boundingBox();
    expect(middle + (box?.width ?? 0) / 2).toBeLessThanOrEqual(right);
    await page.mouse.move(...(await middleOf(card('Prompt'))));
    await focusCanvas();
    await press('c');
    await press('Escape');
    await middleOf(page.locator('.canvas_note'));
    const note = await page.locator('.canvas_note').boundingBox();
    for (const title of ['Prompt', 'Transform', 'Output']) {
      const other = await card(title).boundingBox();
      const isApart =
        other !== null &&
        note !== null &&
        (note.x >= other.x + other.width ||
          other.x >= note.x + note.width ||
          note.y >= other.y + other.height ||
          other.y >= note.y + note.height);
      expect([title, isApart]).toEqual([title, true]);
    }
  });

  it('asks what to do with a dropped workflow file, and says that another is not a workflow', async () => {
    const { page } = fixture.watched;
    const id = await open(laidOut);
    await card('Prompt').waitFor();
    await dropFile(page, 'broken.json', '{"heddle": 1');
    await page.getByText(/broken\.json is not a workflow/).waitFor();
    await dropFile(page, 'greeting.json', JSON.stringify(laidOut));
    await page.getByRole('button', { name: 'Insert here' }).click();
    await until(id, 'inserted nodes', ({ nodes, edges }) => Object.keys(nodes).length === 6 && edges.length === 4);
    await dropFile(page, 'greeting.json', JSON.stringify({ ...laidOut, name: 'Dropped' }));
    await page.getByRole('button', { name: 'Open as new workflow' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(id));
    await eventually('name of the new workflow', async () =>
      (await page.getByRole('textbox', { name: /name/i }).first().inputValue()) === 'Dropped' ? true : undefined,
    );
  });

  it('keeps a node of an unknown type and one of a newer version as they are', async () => {
    const strange = {
      ...laidOut,
      nodes: {
        ...greeting.nodes,
        odd: { type: 'acme/odd', version: 3, config: { deep: { x: [1] } } },
        newer: { type: 'prompt', version: 99, config: { template: 'x' } },
      },
    };
    const { page } = fixture.watched;
    const id = await open(strange);
    await page.getByText(/Unknown type acme\/odd/).waitFor();
    await page.getByText(/Version 99, this Heddle knows/).waitFor();
    await focusCanvas();
    await press('Control+a', 'd');
    const { nodes } = await until(id, 'bypassed nodes', (document) => 'run' in (document.nodes['words'] ?? {}));
    expect([nodes['odd'], nodes['newer']]).toEqual([strange.nodes.odd, strange.nodes.newer]);
  });

  it('has no axe violations in light and in dark, with a node selected', async () => {
    const { page } = fixture.watched;
    await open({
      ...laidOut,
      layout: {
        ...laidOut.layout,
        notes: [{ id: 'n', text: '# Note\nwith [a link](https://example.com)', at: [0, 300], color: 'blue' }],
        groups: [{ id: 'g', title: 'Words', nodes: ['words'] }],
      },
    });
    await card('Prompt').waitFor();
    await page.locator('.canvas_note').getByRole('link', { name: 'a link' }).waitFor();
    await focusCanvas();
    await press('ArrowRight', 'ArrowRight');
    await page.locator('.run-panel_panel .cm-content').first().waitFor();
    for (const theme of ['light', 'dark']) {
      await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
      await page.evaluate(() =>
        Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))),
      );
      await saveScreenshot(page, `canvas-${theme}`);
      expect([theme, await violations(page)]).toEqual([theme, []]);
    }
  });
});
