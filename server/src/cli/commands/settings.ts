import type { Command } from 'commander';
import { describeSettings, settingsMarkdown } from '../../settings/read-settings.js';
import { print, printJson, table } from '../output.js';
import { settingsOf } from './context.js';

/** `heddle settings`: prints every setting with its value. */
export async function settings(
  options: { readonly markdown?: true; readonly json?: true },
  command: Command,
): Promise<void> {
  if (options.markdown === true) {
    process.stdout.write(settingsMarkdown());
    return;
  }
  const described = describeSettings(settingsOf(command));
  if (options.json === true) printJson(described);
  else print(...table(described.map(({ name, value, help }) => [name, value === '' ? '-' : value, help])));
  await Promise.resolve();
}
