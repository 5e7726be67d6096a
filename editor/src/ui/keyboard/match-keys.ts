/** The parts of a keyboard event that shortcuts use. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Whether a key press matches a shortcut such as `Mod+Shift+Z`. `Mod` is ⌘ on Apple devices and Ctrl elsewhere. */
export function matchKeys(keys: string, press: KeyPress): boolean {
  const parts = keys === '+' ? ['+'] : keys.split('+');
  const key = parts.at(-1) ?? '';
  const wantsMod = parts.includes('Mod');
  const hasMod = press.ctrlKey || press.metaKey;
  if (wantsMod !== hasMod || press.altKey !== parts.includes('Alt')) return false;
  // Symbols such as ? need Shift on some keyboards only, so Shift is ignored for them.
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key);
  if (!isSign && press.shiftKey !== parts.includes('Shift')) return false;
  return press.key.toLowerCase() === key.toLowerCase() || (key === 'Delete' && press.key === 'Backspace');
}

const signs: Readonly<Record<string, string>> = {
  ArrowRight: '→',
  ArrowLeft: '←',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
  Enter: '↵',
};

/** A shortcut with the names of the keys on this machine's keyboard. */
export function nameKeys(keys: string, modifier: string): string {
  if (keys === '+') return keys;
  return keys
    .split('+')
    .map((key) => (key === 'Mod' ? modifier : (signs[key] ?? key)))
    .join(' ');
}
