import type { Command } from 'commander';
import { collect, lazily } from './options.js';

/** Adds `heddle build`: the tools with which programs build drafts. */
export function addBuild(program: Command): void {
  const load = () => import('../commands/building/build.js');
  const build = program
    .command('build')
    .description('build drafts with the tools that programs use: they make proposals, and a person publishes');
  build
    .command('tools')
    .description('list the tools')
    .action(lazily(async () => (await load()).listTools));
  build
    .command('show <tool>')
    .description('show the arguments of a tool as JSON schema')
    .action(lazily(async () => (await load()).showTool));
  build
    .command('call <tool>')
    .description('call a tool, and print what it answers as JSON')
    .option('--arguments <file>', 'a JSON file with the arguments; - reads standard input')
    .option(
      '--with <name=value>',
      'an argument: text, or JSON; name=@file reads a file; may be given again',
      collect,
      [],
    )
    .action(lazily(async () => (await load()).callTool));
  build
    .command('proposals')
    .description('list what programs and models have proposed; a person decides in the editor')
    .option('--open', 'only those that wait for a decision')
    .action(lazily(async () => (await load()).listProposals));
}
