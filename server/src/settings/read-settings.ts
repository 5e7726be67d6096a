import { HeddleError } from '@heddle/core';
import { settingsTable, type Setting, type Settings } from './settings-table.js';

/**
 * Reads all settings from environment variables; an empty one counts as missing. Errors: `setting_invalid`, naming all bad ones.
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

/** Where a value comes from: its default, an environment variable, or the command that started Heddle. */
export type SettingSource = 'default' | 'environment' | 'command';

/** Kept beside settings that were read; of others (a host that makes its own) it is not known. */
const sourcesOf = new WeakMap<object, ReadonlyMap<string, SettingSource>>();

/** The settings as they stand, for people: secrets are only told to be set. */
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
    ...(sources === undefined ? {} : { source: sources.get(setting.name) ?? 'default' }),
  }));
}

/** The settings table in Markdown, for the documentation. */
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
