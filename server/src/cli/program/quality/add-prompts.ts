import type { Command } from 'commander';
import { count, lazily } from '../options.js';

/** Adds the commands for the prompt library. */
export function addPrompts(program: Command): void {
  const load = () => import('../../commands/prompts/prompts.js');
  const prompts = program.command('prompts').description('the library of prompts, with versions and labels');
  prompts
    .command('list', { isDefault: true })
    .description('list prompts')
    .action(lazily(async () => (await load()).listPrompts));
  prompts
    .command('show <prompt>')
    .description('print a version, its variables, the other versions, and where the prompt is used')
    .option('--of <version>', 'a number or a label (default: latest)')
    .action(lazily(async () => (await load()).showPrompt));
  prompts
    .command('save <prompt> <file>')
    .description(
      'save a file as a new version: a text, or a .json file with messages; makes the prompt if there is none',
    )
    .option('--title <text>', 'the title of a new prompt')
    .option('--note <text>', 'what changed')
    .option('--label <label>', 'a label that points to the new version')
    .option('--base <version>', 'save only if this version is the newest', count)
    .action(lazily(async () => (await load()).savePrompt));
  prompts
    .command('diff <prompt> [from] [to]')
    .description('compare two versions word by word (default: the newest with the one before)')
    .action(lazily(async () => (await load()).diffPrompt));
  prompts
    .command('label <prompt> <label> [version]')
    .description('point a label to a version (default: the newest)')
    .option('--remove', 'remove the label')
    .action(lazily(async () => (await load()).labelPrompt));
  prompts
    .command('export [prompt]')
    .description('write prompts to files for git')
    .option('--of <version>', 'a number or a label (default: latest)')
    .option('--all', 'every prompt, each in a file of the folder')
    .option('--out <path>', 'the file, or the folder for --all')
    .action(lazily(async () => (await load()).exportPrompts));
  prompts
    .command('import <files...>')
    .description('import files of export; a prompt that changed gets a new version')
    .option('--note <text>', 'what changed')
    .option('--label <label>', 'a label that points to the imported versions')
    .action(lazily(async () => (await load()).importPrompts));
  prompts
    .command('remove <prompt>')
    .description('remove a prompt with all versions')
    .action(lazily(async () => (await load()).removePrompt));
}
