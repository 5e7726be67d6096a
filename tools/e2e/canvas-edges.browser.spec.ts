import { expect, it } from '@jest/globals';
import { browserSuite } from './browser-suite.js';
import { drawingPage, laidOut } from './drawing-page.js';
import { eventually } from './eventually.js';
import { sorting, edgesOf } from './edges.js';

browserSuite('edges on the canvas in a browser', {}, (fixture) => {
  const drawn = drawingPage(
    () => fixture.server.address,
    () => fixture.watched.page,
  );
  const { open, until, card, handle, middleOf, choose, press, focusCanvas } = drawn;

  it('moves the end of an edge to another port, and leaves it unchanged when it is dropped over nothing', async () => {
    const edges = [{ from: 'who.name', to: 'words.name' }];
    const id = await open({ ...laidOut, edges });
    const take = async (to: readonly [number, number]): Promise<void> => {
      const [x, y] = await middleOf(handle('Prompt', 'name', 'target'));
      await fixture.watched.page.mouse.move(x - 20, y);
      await fixture.watched.page.mouse.down();
      await fixture.watched.page.mouse.move(to[0] - 8, to[1] - 8, { steps: 4 });
      await fixture.watched.page.mouse.move(...to);
      await fixture.watched.page.mouse.up();
    };
    await take([500, 760]);
    await take(await middleOf(handle('Output', 'greeting', 'target')));
    const after = await until(id, 'moved edge', (document) => document.edges[0]?.to === 'reply.greeting');
    expect(after.edges).toEqual([{ from: 'who.name', to: 'reply.greeting' }]);
  });

  it('offers at the plus of an edge only nodes that fit both sides', async () => {
    const { page } = fixture.watched;
    const id = await open(laidOut);
    await card('Prompt').waitFor();
    await focusCanvas();
    await press('s');
    await choose('words.text');
    await page.getByRole('button', { name: 'Insert a node on this edge' }).click();
    await page.locator('.picker-item').first().waitFor();
    const names = await page.locator('.picker-item').allInnerTexts();
    expect(names.some((name) => name.startsWith('Generate'))).toBe(true);
    expect(names.some((name) => name.startsWith('Input') || name.startsWith('Output'))).toBe(false);
    await choose('generate');
    await until(
      id,
      'node on the edge',
      ({ edges }) =>
        edges.some(({ to }) => to === 'generate.prompt') && edges.some(({ from }) => from.startsWith('generate.')),
    );
  });

  it('draws edges from port to port, even if a node has its ports in another order than its edges', async () => {
    const { page } = fixture.watched;
    await open(sorting);
    await handle('Switch', 'no', 'source').waitFor();
    const edges = await eventually('edges at their ports', async () => {
      const found = await edgesOf(page);
      return found.length === sorting.edges.length && found.every(({ off }) => off < 3) ? found : undefined;
    });
    expect(edges.map(({ name }) => name).sort()).toEqual(
      sorting.edges.map(({ from, to }) => `From ${from} to ${to}`).sort(),
    );
    // The loop edge runs below both cards, neither behind nor over them.
    const loop = edges.find(({ name }) => name === 'From sort.no to words.name');
    const bottoms = await Promise.all(
      ['Prompt', 'Switch'].map(async (title) => {
        const box = await card(title).boundingBox();
        return (box?.y ?? 0) + (box?.height ?? 0);
      }),
    );
    expect(loop?.lowest).toBeGreaterThan(Math.max(...bottoms) + 5);
    // New measurements must not change the first view, which shows all cards.
    const canvas = await page.locator('.react-flow').boundingBox();
    const output = await card('Output').boundingBox();
    expect([(await card('Input').boundingBox())?.x, output?.x].map((x) => (x ?? 0) > (canvas?.x ?? 0))).toEqual([
      true,
      true,
    ]);
    expect((output?.x ?? 0) + (output?.width ?? 0)).toBeLessThan((canvas?.x ?? 0) + (canvas?.width ?? 0));
  });
});
