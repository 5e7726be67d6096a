/** A line of settings cannot be read. */
export class SettingsProblem extends Error {}

/**
 * Settings as people write them, one per line: `answer.model = qwen` changes a setting, `answer.model = a | b` gives a variant for each
 * value. A value that is not JSON is a text.
 *
 * @example readSettings('answer.model = a | b').grid // { 'answer.model': ['a', 'b'] }
 */
export function readSettings(text: string): {
  readonly set: Record<string, unknown>;
  readonly grid: Record<string, unknown[]>;
} {
  const set: Record<string, unknown> = {};
  const grid: Record<string, unknown[]> = {};
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const at = line.indexOf('=');
    const path = line.slice(0, Math.max(0, at)).trim();
    if (at === -1 || !path.includes('.')) throw new SettingsProblem(`Write “${line.trim()}” as node.setting = value.`);
    const values = line
      .slice(at + 1)
      .split('|')
      .map((value) => valueOf(value.trim()));
    if (values.length > 1) grid[path] = values;
    else set[path] = values[0];
  }
  return { set, grid };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
