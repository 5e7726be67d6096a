/** The settings of a variant are invalid. */
export class SettingsProblem extends Error {}

/**
 * Reads settings, one per line: `answer.model = qwen` changes a setting, `answer.model = a | b` makes a variant for each value. A value
 * that is not valid JSON is a text. Throws a `SettingsProblem`.
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
