import { expect, it } from '@jest/globals';
import { farSize, farZoom } from './fit-options.js';

it('keeps the letters of a card at 9 pixels or more at each zoom', () => {
  expect(farSize(farZoom)).toBeUndefined();
  for (let percent = 5; percent < farZoom * 100; percent += 1) {
    const zoom = percent / 100;
    expect((farSize(zoom) ?? 0) * zoom).toBeGreaterThanOrEqual(9);
  }
});
