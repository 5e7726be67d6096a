import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { browserSuite } from './browser-suite.js';
import { root } from './built-program.js';
import { drawingPage, laidOut } from './drawing-page.js';
import { eventually } from './eventually.js';
import { cutCards } from './run-page.js';
import { callJson } from './server-calls.js';

/** A workflow of the templates. Nobody has moved its nodes yet. */
const template = (name: string): object =>
  JSON.parse(readFileSync(join(root, 'workflows', name, 'workflow.json'), 'utf8')) as object;
/** A chain of nodes after an input. */
function chain(length: number): object {
  const names = Array.from({ length: length - 1 }, (_, index) => `n${index}`);
  const step = (title: string) => ({ type: 'prompt', version: 1, title, config: { template: '{{ name }}' } });
  return {
    ...laidOut,
    nodes: { who: laidOut.nodes.who, ...Object.fromEntries(names.map((name) => [name, step(name)])) },
    edges: names.map((name, index) => ({ from: index === 0 ? 'who.name' : `n${index - 1}.text`, to: `${name}.name` })),
    layout: undefined,
  };
}

browserSuite('details of the canvas in a browser', {}, (suite) => {
  const drawn = drawingPage(
    () => suite.server.address,
    () => suite.watched.page,
  );
  const { open, stored, until, card, handle, middleOf, choose, press } = drawn;
  const panel = () => suite.page.getByRole('complementary', { name: 'Node' });

  it('types into a new list item, and deletes no node by a key while the panel has the focus', async () => {
    const { page } = suite;
    const moderate = { type: 'moderate', version: 1, config: {} };
    const id = await open({
      heddle: 2,
      name: 'Lists',
      nodes: { moderate },
      edges: [],
      layout: { nodes: { moderate: [0, 0] } },
    });
    await card('Moderate').locator('.canvas_card-icon').click();
    await panel().getByRole('button', { name: 'Add word list' }).click();
    await page.keyboard.type('d');
    await panel().getByRole('tab', { name: 'Settings' }).focus();
    await press('Delete', 'd');
    const { nodes } = await until(id, 'the list', (document) =>
      JSON.stringify(document.nodes).includes('"category":"d"'),
    );
    expect(nodes['moderate']).toBeDefined();
    expect(JSON.stringify(nodes)).not.toContain('disabled');
    await page.locator('.workflow-canvas').focus();
    await press('Delete');
    await until(id, 'no node', (document) => Object.keys(document.nodes).length === 0);
  });

  it('opens the issues at the first press, while their list still loads', async () => {
    const { page } = suite;
    await page.route('**/IssuePopover*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await route.continue();
    });
    await open(laidOut);
    await page.getByRole('button', { name: 'Add node' }).click();
    await choose('generate');
    const button = page.locator('.workflow_topbar-issues');
    await button.waitFor();
    const [x, y] = await middleOf(button);
    await page.mouse.move(x, y);
    await page.mouse.down();
    // The list arrives while the button is pressed.
    await page.waitForTimeout(200);
    await page.mouse.up();
    await page.getByRole('dialog', { name: 'Issues' }).waitFor();
  });

  it('gives the focus to the canvas after a node was added by its button', async () => {
    const { page } = suite;
    const id = await open(laidOut);
    await page.getByRole('button', { name: 'Add node' }).click();
    await choose('generate');
    await card('Generate').waitFor();
    await page.locator('.workflow-canvas:focus').waitFor();
    await press('Delete');
    await card('Generate').waitFor({ state: 'detached' });
    expect(Object.keys((await stored(id)).nodes)).not.toContain('generate');
  });

  it('shows no button beside an edge or a port while something is dragged', async () => {
    const { page } = suite;
    await open(laidOut);
    const plus = page.locator('.canvas_edge-middle, .canvas_port-plus');
    const port = await middleOf(handle('Prompt', 'text', 'source'));
    await page.mouse.move(...port);
    await page.locator('.canvas_port-plus').waitFor();
    await page.mouse.down();
    await page.mouse.move(port[0] + 30, port[1] + 40, { steps: 3 });
    await eventually('no button', async () => ((await plus.count()) === 0 ? true : undefined));
    // A drag that ends at its own port draws no edge.
    await page.mouse.move(...port, { steps: 3 });
    await page.mouse.up();
  });

  it('shows the label of data on the border of its own card, without covering another card', async () => {
    const { page } = suite;
    const secret = { name: 'name', type: 'Text', label: 'confidential' };
    const id = await open({
      ...laidOut,
      nodes: { ...laidOut.nodes, who: { ...laidOut.nodes.who, config: { fields: [secret] } } },
      // The smallest distance between cards.
      layout: { nodes: { who: [0, 0], words: [256, 0], reply: [512, 0] } },
    });
    const { runId } = await callJson(suite.server, 'POST', `/api/workflows/${id}/runs?wait=1`, {
      inputs: { name: 'Ada' },
    });
    await page.goto(`${suite.server.address}/workflows/${id}?run=${String(runId)}`);
    await page.locator('.canvas_card-label[data-label=confidential]').nth(1).waitFor();
    const strays = await page.locator('.canvas_card-label').evaluateAll((tags) =>
      tags.flatMap((tag) => {
        const own = tag.closest('.canvas_card');
        const box = tag.getBoundingClientRect();
        const others = [...document.querySelectorAll('.canvas_card')].filter((one) => one !== own);
        const covered = others.filter((one) => {
          const { left, right, top, bottom } = one.getBoundingClientRect();
          return box.left < right && box.right > left && box.top < bottom && box.bottom > top;
        });
        return covered.length > 0 ? [tag.textContent] : [];
      }),
    );
    expect(strays).toEqual([]);
  });

  it('shows the diagram of a template as it was drawn, line by line', async () => {
    const { page } = suite;
    await page.goto(`${suite.server.address}/templates?show=hybrid-support`);
    const diagram = page.getByRole('dialog').locator('pre').first();
    await diagram.waitFor();
    const { drawn, shown, cut } = await diagram.evaluate((element) => {
      const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(element);
      const height = element.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom);
      const lines = (element.textContent ?? '').trimEnd().split('\n').length;
      const hidden = element.scrollWidth - element.clientWidth;
      return { drawn: lines, shown: height / Number.parseFloat(lineHeight), cut: hidden };
    });
    expect(drawn).toBeGreaterThan(2);
    expect(cut).toBe(0);
    expect(Math.abs(shown - drawn)).toBeLessThan(1);
  });

  it('opens a large workflow with its start in view', async () => {
    const { page } = suite;
    await open(chain(298));
    const canvas = await page.locator('.react-flow').boundingBox();
    const start = await eventually('the start', async () => (await card('Input').boundingBox()) ?? undefined);
    expect(start.x).toBeGreaterThan(canvas?.x ?? 0);
    expect(start.x - (canvas?.x ?? 0)).toBeLessThan(120);
    expect(start.width).toBeGreaterThan(100);
  });

  it.each([
    ['the starter', template('ask-the-handbook'), 100],
    ['a chain of nine nodes', chain(9), 70],
    ['the sample with fifteen nodes', template('hybrid-support'), 50],
  ])('opens %s large enough to read, and whole', async (_what, document, least) => {
    const { page } = suite;
    await open(document);
    await page.locator('.canvas_card').first().waitFor();
    const zoom = await eventually('the zoom', async () => {
      const before = await page.locator('.react-flow__viewport').getAttribute('style');
      await page.waitForTimeout(200);
      const after = (await page.locator('.react-flow__viewport').getAttribute('style')) ?? '';
      return before === after ? Number(/scale\(([\d.]+)/.exec(after)?.[1]) : undefined;
    });
    expect(Math.round(zoom * 100)).toBeGreaterThanOrEqual(least);
    expect(await cutCards(page)).toBe(0);
  });

  it.each([0.1, 0.25, 0.39, 0.5])('shows icon, title and status line of each card at %f of its size', async (goal) => {
    const { page } = suite;
    await open(laidOut);
    await card('Input').waitFor();
    const viewport = page.locator('.react-flow__viewport');
    const zoomNow = async (): Promise<number> =>
      Number(/scale\(([\d.]+)/.exec((await viewport.getAttribute('style')) ?? '')?.[1]);
    const [x, y] = await middleOf(page.locator('.react-flow'));
    await page.mouse.move(x, y);
    const zoom = await eventually('the zoom', async () => {
      const now = await zoomNow();
      if (Math.abs(now - goal) < 0.01) return now;
      await page.mouse.wheel(0, Math.log2(now / goal) * 500);
      return undefined;
    });
    const sizes = await page.locator('.canvas_card').evaluateAll((cards) =>
      cards.map((one) => {
        const seen = (name: string): Element | undefined =>
          [...one.querySelectorAll(name)].find((element) => element.getClientRects().length > 0);
        const letters = ['.canvas_card-title', '.canvas_card-status'].map((name) => {
          const element = seen(name);
          return element?.textContent === '' || element === undefined
            ? 0
            : Number.parseFloat(getComputedStyle(element).fontSize);
        });
        return [...letters, Number.parseFloat(getComputedStyle(seen('.canvas_card-icon svg') ?? one).width)];
      }),
    );
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes.flat()) * zoom).toBeGreaterThanOrEqual(9);
  });
});
