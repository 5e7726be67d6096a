import type { Command } from 'commander';
import type { AnswerOptions } from './commands/asks.js';
import { json } from './options.js';

/** Commands for what people are asked. */
export function addAsks(program: Command): void {
  const load = () => import('./commands/asks.js');
  const asks = program.command('asks').description('questions that wait for a person');
  asks
    .command('list', { isDefault: true })
    .description('list the open questions')
    .option('--run <id>', 'only those of a run')
    .option('--assignee <name>', 'only those for somebody, also what was passed on')
    .addOption(json())
    .action(async (options: { run?: string; assignee?: string; json?: true }, command: Command) =>
      (await load()).listAsks(options, command),
    );
  asks
    .command('answer <run> <question>')
    .description('answer a question and follow its run')
    .option('--choose <button>', 'the button, such as approve')
    .option('--value <json>', 'what the form asks for, as JSON')
    .option('--reason <text>', 'why; kept in the record')
    .option('--hash <hash>', 'only where it is about exactly this')
    .addOption(json())
    .action(async (run: string, question: string, options: AnswerOptions, command: Command) =>
      (await load()).answerAsk(run, question, options, command),
    );
}
