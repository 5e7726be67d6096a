import { describe, expect, it } from '@jest/globals';
import { matchKeys, nameKeys, type KeyPress } from './match-keys.js';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe('a shortcut', () => {
  it.each<[string, KeyPress, boolean]>([
    ['Mod+Z', press('z', { ctrlKey: true }), true],
    ['Mod+Z', press('z', { metaKey: true }), true],
    ['Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), false],
    ['Mod+Z', press('z'), false],
    ['Mod+Z', press('z', { ctrlKey: true, altKey: true }), false],
    ['Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), true],
    ['Z', press('z'), true],
    ['Z', press('z', { ctrlKey: true }), false],
    ['?', press('?', { shiftKey: true }), true],
    ['?', press('?'), true],
    ['+', press('+', { shiftKey: true }), true],
    ['+', press('='), false],
    ['Delete', press('Delete'), true],
    ['Delete', press('Backspace'), true],
    ['Backspace', press('Delete'), false],
    ['Alt+ArrowUp', press('ArrowUp', { altKey: true }), true],
    ['Alt+ArrowUp', press('ArrowUp'), false],
    ['Escape', press('Escape'), true],
    ['1', press('1', { shiftKey: true }), false],
  ])('%s matches %j: %p', (keys, pressed, isIt) => {
    expect(matchKeys(keys, pressed)).toBe(isIt);
  });

  it.each([
    ['Mod+Shift+Z', 'Ctrl Shift Z'],
    ['ArrowRight', '→'],
    ['Alt+ArrowDown', 'Alt ↓'],
    ['Escape', 'Esc'],
    ['Mod+Enter', 'Ctrl ↵'],
    ['+', '+'],
  ])('%s is named %s', (keys, name) => {
    expect(nameKeys(keys, 'Ctrl')).toBe(name);
  });
});
