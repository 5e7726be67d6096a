import { describe, expect, it } from '@jest/globals';
import { clampWidth, leastWidth, mostWidth, readPanelSize } from './panel-size.js';

describe('the size of the panel', () => {
  it('is read as it was stored, within its bounds', () => {
    expect(readPanelSize(JSON.stringify({ width: 420, isOpen: false }))).toEqual({ width: 420, isOpen: false });
    expect(readPanelSize(JSON.stringify({ width: 9999, isOpen: true })).width).toBe(mostWidth);
    expect(clampWidth(3)).toBe(leastWidth);
  });

  it('is the default when nothing or malformed data was stored', () => {
    for (const text of [null, '', '{', '[]', 'null', '{"width":"x","isOpen":true}', '{"width":1e999,"isOpen":true}'])
      expect(readPanelSize(text)).toEqual({ width: 360, isOpen: true });
  });
});
