import { HeddleError } from '@heddle/core';
import { settingsTable, type Setting, type Settings } from './settings-table.js';

/**
 * Reads all settings from environment variables; an empty variable counts as missing. Errors: `setting_invalid`, which lists all invalid
 * settings.
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
  return settings as Settings; // the table has exactly the keys and types of `Settings`
}

type SettingSource = 'default' | 'environment' | 'command';

/** Where each setting came from. Settings that a host application built itself are not listed. */
const sourcesOf = new WeakMap<object, ReadonlyMap<string, SettingSource>>();

/** Describes the present settings for people. Of a secret, it shows only whether it is set. */
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

/** Writes the table of settings in Markdown, for the documentation. */
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
