import { HeddleError } from '@heddle/core';
import { settingsTable, type Setting, type Settings } from './settings-table.js';

/**
 * Reads all settings from environment variables; an empty one counts as missing. Errors: `setting_invalid` with all invalid ones.
 *
 * @example readSettings(process.env, { PORT: '0' })
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  overrides: Readonly<Record<string, string | undefined>> = {},
): Settings {
  const problems: { readonly name: string; readonly message: string }[] = [];
  const settings: Record<string, unknown> = {};
  const sources = new Map<string, SettingSource>();
  for (const [key, setting] of Object.entries<Setting<unknown>>(settingsTable)) {
    const given = overrides[setting.name] ?? environment[setting.name];
    const isGiven = given !== undefined && given.trim() !== '';
    const text = isGiven ? given.trim() : setting.default;
    if (isGiven) sources.set(setting.name, overrides[setting.name] === undefined ? 'environment' : 'command');
    try {
      settings[key] =
        text === undefined || (text === '' && setting.default !== '') ? undefined : setting.parser.parse(text);
    } catch (error) {
      const shown = setting.isSecret ? 'the value' : `'${text ?? ''}'`;
      problems.push({
        name: setting.name,
        message: `${setting.name}: ${shown} ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  if (problems.length > 0) {
    throw new HeddleError('setting_invalid', `${problems.map((problem) => problem.message).join('; ')}.`, {
      details: { settings: problems.map((problem) => problem.name) },
    });
  }
  sourcesOf.set(settings, sources);
  return settings as Settings; // built from the table that the type is made of
}

/** The source of a value: its default, an environment variable, or the command line. */
type SettingSource = 'default' | 'environment' | 'command';

/** The sources of settings that were read here; those of a host application are unknown. */
const sourcesOf = new WeakMap<object, ReadonlyMap<string, SettingSource>>();

/** The present settings, for people: for a secret it shows only that it is set. */
export function describeSettings(settings: Settings): {
  readonly name: string;
  readonly value: string;
  readonly default: string;
  readonly allowed: string;
  readonly help: string;
  readonly source?: SettingSource;
}[] {
  const values: Readonly<Record<string, unknown>> = settings;
  const sources = sourcesOf.get(settings);
  return Object.entries<Setting<unknown>>(settingsTable).map(([key, setting]) => ({
    name: setting.name,
    value: setting.isSecret ? (values[key] === undefined ? '' : '(set)') : shown(values[key]),
    default: setting.default ?? '',
    allowed: setting.parser.allowed,
    help: setting.help,
    source: sources === undefined ? undefined : (sources.get(setting.name) ?? 'default'),
  }));
}

/** The table of settings in Markdown, for the documentation. */
export function settingsMarkdown(): string {
  const rows = Object.values<Setting<unknown>>(settingsTable).map(
    (setting) =>
      `| \`${setting.name}\` | ${setting.default === undefined || setting.default === '' ? '' : `\`${setting.default}\``} | ${setting.parser.allowed} | ${setting.help} |`,
  );
  return ['| setting | default | allowed | what it does |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}
