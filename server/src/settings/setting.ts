import type { SettingParser } from './setting-parsers.js';

/** A setting: an environment variable with a default. */
export interface Setting<T> {
  /** The name of the environment variable. */
  readonly name: string;
  /** The default as text; undefined if the setting has none. */
  readonly default: string | undefined;
  readonly parser: SettingParser<T>;
  readonly help: string;
  /** True if the value must never be shown or logged. */
  readonly isSecret: boolean;
}

/** Declares a setting that always has a value. */
export const required = <T>(name: string, value: string, parser: SettingParser<T>, help: string): Setting<T> => ({
  name,
  default: value,
  parser,
  help,
  isSecret: false,
});
/** Declares a setting that may be missing. */
export const optional = <T>(
  name: string,
  parser: SettingParser<T>,
  help: string,
  isSecret = false,
): Setting<T | undefined> => ({ name, default: undefined, parser, help, isSecret });
