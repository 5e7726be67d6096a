import { Option, type Command } from 'commander';
import { count, json } from '../options.js';

interface JsonOption {
  readonly json?: true;
}

const level = (flag: string, help: string): Option =>
  new Option(`${flag} <level>`, help).choices(['public', 'internal', 'confidential', 'restricted']);

/** `heddle publish`, `versions`, `rollback`, `test`, `stop` and `release`. */
export function addPublishing(program: Command): void {
  const load = () => import('./publishing.js');
  program
    .command('publish <workflow>')
    .description(
      'make the draft of a stored workflow its next version; without --accept-data-map it only says what stands between',
    )
    .option('--note <text>', 'what is new')
    .option('--accept-data-map', 'where the data goes was read and is as it should be')
    .option('--check', 'only say what stands between the draft and its next version')
    .option('--no-live', 'keep the live version as it is')
    .option('--canary <percent>', 'share of the callers that gets it first', count)
    .addOption(level('--reply-clearance', 'strictest level that a reply may carry'))
    .addOption(json())
    .action(
      async (
        workflow: string,
        options: JsonOption & {
          note?: string;
          acceptDataMap?: true;
          check?: true;
          live: boolean;
          canary?: number;
          replyClearance?: string;
        },
        command: Command,
      ) => (await load()).publish(workflow, options, command),
    );
  program
    .command('versions <workflow>')
    .description('list the versions of a workflow')
    .addOption(json())
    .action(async (workflow: string, options: JsonOption, command: Command) =>
      (await load()).versions(workflow, options, command),
    );
  program
    .command('rollback <workflow> [version]')
    .description('make an earlier version live: the one before the live one where none is named')
    .addOption(json())
    .action(async (workflow: string, version: string | undefined, options: JsonOption, command: Command) =>
      (await load()).rollback(workflow, version, options, command),
    );
  program
    .command('test <workflow>')
    .description('run the tests.jsonl of a stored workflow, or of a folder with a workflow.json')
    .addOption(json())
    .action(async (workflow: string, options: JsonOption, command: Command) =>
      (await import('./test-workflow.js')).testWorkflow(workflow, options, command),
    );
  addKillSwitches(program);
}

function addKillSwitches(program: Command): void {
  const load = () => import('./kill-switches.js');
  program
    .command('stop [target]')
    .description(
      'kill switch of all, workflow:SLUG, tool:NAME or connection:ID; without a target, lists those that are on',
    )
    .option('--reason <text>', 'why', 'stopped from the command line')
    .addOption(json())
    .action(async (target: string | undefined, options: JsonOption & { reason: string }, command: Command) =>
      (await load()).stop(target, options, command),
    );
  program
    .command('release <target>')
    .description('release a kill switch: the runs that it paused continue')
    .addOption(json())
    .action(async (target: string, options: JsonOption, command: Command) =>
      (await load()).release(target, options, command),
    );
}
