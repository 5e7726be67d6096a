import { expect, it } from '@jest/globals';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { drawingPage } from './drawing-page.js';
import { eventually } from './eventually.js';

const prompt = (title: string, template: string) => ({ type: 'prompt', version: 1, title, config: { template } });
const steps = {
  heddle: 2,
  name: 'Steps',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    first: prompt('First', 'Hello {{ name }} {{ more }}'),
    second: prompt('Second', '{{ text }}'),
  },
  edges: [
    { from: 'who.name', to: 'first.name' },
    { from: 'first.text', to: 'second.text' },
  ],
  layout: { nodes: { who: [0, 0], first: [320, 0], second: [640, 120] } },
};

browserSuite('the panel and the text of an edge in a browser', {}, (suite) => {
  const drawn = drawingPage(
    () => suite.server.address,
    () => suite.page,
  );
  const { open, until, card, handle, middleOf, choose, press, focusCanvas } = drawn;

  it('says that an edge drawn backwards is a loop, and changes its limit in the panel, by keyboard too', async () => {
    const { page } = suite;
    const id = await open(steps);
    await card('Second').waitFor();
    await drawn.drawEdge(handle('Second', 'text', 'source'), await middleOf(handle('First', 'more', 'target')));
    await page.getByText(/it makes a loop of at most 10 iterations/).waitFor();
    await page.locator('.canvas_edge-loop, .canvas_edge-label').getByText('Loop, at most 10').waitFor();
    const panel = page.getByRole('complementary', { name: 'Edge' });
    await panel.getByLabel('Maximum iterations').fill('3');
    await until(id, 'the maximum', ({ edges }) => JSON.stringify(edges).includes('"max":3'));
    expect(await violations(page)).toEqual([]);

    await focusCanvas();
    await press('Escape', 's');
    await choose('second.text first.more');
    await press('Enter');
    await eventually('focus on the maximum', () =>
      panel.getByLabel('Maximum iterations').evaluate((field) => (field === document.activeElement ? true : undefined)),
    );
    await press('Tab');
    await page.keyboard.type('Go on');
    await until(id, 'the choice at the limit', ({ edges }) => JSON.stringify(edges).includes('"atLimit":"leave"'));
    await press('Tab', 'Enter');
    await until(id, 'no loop', ({ edges }) => edges.every((edge) => !('loop' in edge)));
  });

  it('shows the text of an edge at the same size at any zoom', async () => {
    const { page } = suite;
    await open(steps);
    await card('First').waitFor();
    await focusCanvas();
    await press('s');
    await choose('first.text');
    const height = async () => (await page.locator('.canvas_edge-label').boundingBox())?.height ?? 0;
    const before = await height();
    await eventually('a small card', async () => {
      await press('-');
      return ((await card('First').boundingBox())?.width ?? 248) < 120 ? true : undefined;
    });
    expect(Math.abs((await height()) - before)).toBeLessThan(2);
  });
});
