import { HeddleError, renamedCommands } from '@heddle/core';
import { Help, type Command, type Option } from 'commander';
import { examples } from './examples.js';

const ends = `
Exit codes: 0 done, 1 the work failed, 2 the command was not understood.
--data may stand anywhere. The commands: docs/cli.md, the settings: docs/settings.md.`;

/** Hides the default `[]` of repeatable options. */
export const helpStyle = {
  optionDescription: (option: Option): string =>
    new Help().optionDescription(option).replace(/ ?\(default: \[\]\)/, ''),
};

/** Commands whose result is not one JSON document: they print lines, or run until they are stopped. */
const withoutJson: ReadonlySet<string> = new Set([
  'audit export',
  'conversations export',
  'datasets export',
  'facts export',
  'help',
  'serve',
]);

/** Adds examples and `--json` to every command, and suggests the nearest name for a misspelt command. */
export function completeHelp(program: Command): void {
  program.hook('preAction', (_program, command) => refuseEmpty(command));
  program.addHelpText('after', ends);
  // Replaces Commander's `help`, which answers an unknown command with the whole help.
  program.helpCommand(false);
  program
    .command('help [command...]')
    .description('show the help of a command')
    .action((args: readonly string[]) => {
      let command = program;
      for (const word of args) command = commandOf(command, word) ?? refuse(command, word);
      command.outputHelp();
    });
  for (const command of program.commands) complete(command, command.name());
  program.configureOutput({ outputError: (text, write) => write(withNewName(text)) });
}

/** If a command was renamed, adds its new name to the error about the old one. */
function withNewName(text: string): string {
  const renamed = renamedCommands.get(/unknown command '(.+?)'/.exec(text)?.[1] ?? '');
  return renamed === undefined ? text : `${text}(Did you mean ${renamed}?)\n`;
}

/** Refuses an empty argument, which is a mistake, such as an unset variable in a script. Errors: `usage`. */
function refuseEmpty(command: Command): void {
  const empty = command.registeredArguments.find((_argument, index) => command.args[index]?.trim() === '');
  if (empty === undefined) return;
  throw new HeddleError(
    'usage',
    `${empty.name()} is empty: 'heddle ${pathOf(command)} --help' says what belongs there.`,
  );
}

function pathOf(command: Command): string {
  const above = command.parent;
  return above?.parent == null ? command.name() : `${pathOf(above)} ${command.name()}`;
}

function complete(command: Command, path: string): void {
  const own = examples.filter((line) => line === path || line.startsWith(`${path} `));
  if (own.length > 0) command.addHelpText('after', `\nExamples:\n${own.map((line) => `  heddle ${line}`).join('\n')}`);
  if (command.commands.length === 0) {
    if (!withoutJson.has(path))
      command.option('--json', 'print one JSON document on standard output, and nothing else there');
    return;
  }
  command.helpCommand(false);
  // Without this check, `models pul x` would run `models list` and report too many arguments.
  command.hook('preSubcommand', (_group, inner) => {
    const [word, ...others] = command.args;
    if (word === undefined || word.startsWith('-') || commandOf(command, word) !== undefined) return;
    const given = 1 + others.filter((other) => !other.startsWith('-')).length;
    if (given > inner.registeredArguments.length) refuse(command, word);
  });
  for (const inner of command.commands) complete(inner, `${path} ${inner.name()}`);
}

const commandOf = (command: Command, word: string): Command | undefined =>
  command.commands.find((inner) => inner.name() === word || inner.aliases().includes(word));

function refuse(command: Command, word: string): never {
  const nearest = nearestOf(
    word,
    command.commands.map((inner) => inner.name()),
  );
  return command.error(
    `error: unknown command '${word}'${nearest === undefined ? '' : `\n(Did you mean ${nearest}?)`}`,
    { code: 'commander.unknownCommand', exitCode: 2 },
  );
}

/** The name with the smallest edit distance, if that is at most two fifths of the word's length. */
function nearestOf(word: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, changes: changesBetween(word, name) }))
    .sort((one, other) => one.changes - other.changes);
  const [best] = ranked;
  return best !== undefined && best.changes <= Math.max(1, word.length * 0.4) ? best.name : undefined;
}

function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [column, there] of Array.from(other).entries())
      next.push(
        Math.min((next[column] ?? 0) + 1, (row[column + 1] ?? 0) + 1, (row[column] ?? 0) + (letter === there ? 0 : 1)),
      );
    row = next;
  }
  return row[other.length] ?? 0;
}
