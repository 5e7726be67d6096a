import { Option, type Command } from 'commander';
import type { SetSecretOptions } from './commands/secrets.js';
import { collect, json } from './options.js';

interface Json {
  readonly json?: true;
}

/** Commands for what workflows reach outside: tool servers, connections, secrets; and for what it may cost. */
export function addHybrid(program: Command): void {
  addTools(program);
  addConnections(program);
  addSecrets(program);
  addMoney(program);
}

function addTools(program: Command): void {
  const load = () => import('./commands/tools.js');
  const tools = program.command('tools').description('tool servers (MCP) that agents may use');
  tools
    .command('list [server]', { isDefault: true })
    .description('list the servers, or the tools of one')
    .addOption(json())
    .action(async (server: string | undefined, options: Json, command: Command) =>
      (await load()).listTools(server, options, command),
    );
  tools
    .command('add <id> [command...]')
    .description(
      "register a server: by --url, or a command behind '--'; '{secret:NAME}' ends a value with a stored secret",
    )
    .option('--url <address>', 'address of a server that speaks streamable HTTP')
    .option('--header <name=value>', 'a header; may be given again', collect, [])
    .option('--inside', 'the address may be inside the network or of this machine')
    .option('--sign-in', 'somebody signs in to it (OAuth): heddle tools sign-in, or the page Tools')
    .option('--env <name=value>', 'a variable of the command; may be given again', collect, [])
    .option('--folder <path>', 'working folder of the command')
    .option('--clearance <level>', 'the strictest data that its tools may be given (default: internal)')
    .option('--label <level>', 'what its tools give carries at least this level (default: internal)')
    .option('--local', 'what it is given stays on this machine')
    .option('--title <title>', 'how people call it')
    .addOption(json())
    .action(
      async (
        id: string,
        words: readonly string[],
        options: { header: readonly string[]; env: readonly string[] } & Json,
        command: Command,
      ) => (await load()).addTools(id, words, options, command),
    );
  const signIn = () => import('./commands/sign-in-tools.js');
  tools
    .command('sign-in <server>')
    .description('sign in to a server (OAuth): prints the page to agree on, and waits for it')
    .addOption(json())
    .action(async (id: string, options: Json, command: Command) => (await signIn()).signInTools(id, options, command));
  tools
    .command('sign-out <server>')
    .description('forget the tokens of a server')
    .addOption(json())
    .action(async (id: string, options: Json, command: Command) => (await signIn()).signOutTools(id, options, command));
  tools
    .command('test <server>')
    .description('reach a server and list what it offers')
    .addOption(json())
    .action(async (id: string, options: Json, command: Command) => (await load()).testTools(id, options, command));
  tools
    .command('approve <tool>')
    .description('approve a tool as it is now (SERVER__TOOL), or with --all every tool of a server that waits')
    .option('--effects <list>', 'what it does: read, write, send, execute, spend, parted by commas')
    .option('--hash <hash>', 'only where its definition still has this hash')
    .option('--all', 'every new or changed tool of the server')
    .addOption(json())
    .action(async (name: string, options: { effects?: string; hash?: string; all?: true } & Json, command: Command) =>
      (await load()).approveTools(name, options, command),
    );
  tools
    .command('disable <tool>')
    .description('switch a tool off until it is approved again')
    .addOption(json())
    .action(async (name: string, options: Json, command: Command) =>
      (await load()).disableTool(name, options, command),
    );
  tools
    .command('remove <server>')
    .description('remove a server with every approval of its tools')
    .addOption(json())
    .action(async (id: string, options: Json, command: Command) => (await load()).removeTools(id, options, command));
}

function addConnections(program: Command): void {
  const load = () => import('./commands/connections.js');
  const connections = program.command('connections').description('connections to models of providers');
  connections
    .command('list', { isDefault: true })
    .description('list the connections')
    .addOption(json())
    .action(async (options: Json, command: Command) => (await load()).listConnections(options, command));
  connections
    .command('add <id>')
    .description('add a connection')
    .option('--preset <preset>', 'what it starts from, such as openai, anthropic, google, ollama or vllm')
    .option('--kind <kind>', 'openai, azure-openai, anthropic, google or openai-compatible')
    .option('--url <address>', 'base address')
    .option('--clearance <level>', 'the strictest data that may be sent there (default: internal)')
    .option('--file <file>', 'prices, limits and the rest as JSON; - for standard input')
    .addOption(json())
    .action(
      async (
        id: string,
        options: { preset?: string; kind?: string; url?: string; clearance?: string; file?: string } & Json,
        command: Command,
      ) => (await load()).addConnection(id, options, command),
    );
  connections
    .command('key <id>')
    .description('store its key, which is read from standard input')
    .addOption(json())
    .action(async (id: string, options: Json, command: Command) =>
      (await load()).setConnectionKey(id, options, command),
    );
  connections
    .command('test <id>')
    .description('make a minimal real call')
    .option('--model <model>', 'the model to ask')
    .addOption(json())
    .action(async (id: string, options: { model?: string } & Json, command: Command) =>
      (await load()).testConnection(id, options, command),
    );
  connections
    .command('remove <id>')
    .description('remove a connection with its key')
    .addOption(json())
    .action(async (id: string, options: Json, command: Command) =>
      (await load()).removeConnection(id, options, command),
    );
}

function addSecrets(program: Command): void {
  const load = () => import('./commands/secrets.js');
  const installation = () => new Option('--installation', 'secrets of the installation, not of the first project');
  const secrets = program.command('secrets').description('secrets that nodes and tool servers name');
  secrets
    .command('list', { isDefault: true })
    .description('list them with their hosts; never their values')
    .addOption(installation())
    .addOption(json())
    .action(async (options: Json, command: Command) => (await load()).listSecrets(options, command));
  secrets
    .command('set <name>')
    .description('store a secret, which is read from standard input, or change where it may go')
    .option(
      '--host <host>',
      'where it may be sent: api.example.com, *.example.com, crm.lan:8080; may be repeated',
      collect,
      [],
    )
    .option('--use <use>', 'what it is for: request (the default) or tool-environment; may be repeated', collect, [])
    .option('--workflow <workflow>', 'a workflow that may use it, others may not; may be repeated', collect, [])
    .option('--any-workflow', 'every workflow of its project may use it')
    .option('--from <source>', 'read the value elsewhere: environment, file, vault:PATH#FIELD or aws:ID#FIELD')
    .option('--keep', 'keep the stored value')
    .addOption(installation())
    .addOption(json())
    .action(async (name: string, options: SetSecretOptions, command: Command) =>
      (await load()).setSecret(name, options, command),
    );
  secrets
    .command('remove <name>')
    .description('remove a secret')
    .addOption(installation())
    .addOption(json())
    .action(async (name: string, options: Json, command: Command) =>
      (await load()).removeSecret(name, options, command),
    );
}

function addMoney(program: Command): void {
  const load = () => import('./commands/money.js');
  const budgets = program.command('budgets').description('hard limits of what calls may take');
  budgets
    .command('list', { isDefault: true })
    .description('list the budgets with what was spent')
    .addOption(json())
    .action(async (options: Json, command: Command) => (await load()).listBudgets(options, command));
  budgets
    .command('set <file>')
    .description('create or replace a budget from JSON; - for standard input')
    .addOption(json())
    .action(async (file: string, options: Json, command: Command) => (await load()).setBudget(file, options, command));
  budgets
    .command('remove <id>')
    .description('remove a budget')
    .addOption(json())
    .action(async (id: string, options: Json, command: Command) => (await load()).removeBudget(id, options, command));
  const policies = program.command('policies').description('routing policies');
  policies
    .command('list', { isDefault: true })
    .description('list the policies')
    .addOption(json())
    .action(async (options: Json, command: Command) => (await load()).listPolicies(options, command));
  policies
    .command('show <name>')
    .description('print a policy as JSON')
    .addOption(json())
    .action(async (name: string, options: Json, command: Command) => (await load()).showPolicy(name, options, command));
  policies
    .command('set <file>')
    .description('create or replace a policy from JSON; - for standard input')
    .addOption(json())
    .action(async (file: string, options: Json, command: Command) => (await load()).setPolicy(file, options, command));
  policies
    .command('remove <name>')
    .description('remove a policy')
    .addOption(json())
    .action(async (name: string, options: Json, command: Command) =>
      (await load()).removePolicy(name, options, command),
    );
  program
    .command('spend')
    .description('what calls of models took')
    .addOption(
      new Option('--by <what>', 'how it is added up')
        .choices(['day', 'model', 'workflow', 'connection', 'key'])
        .default('day'),
    )
    .option('--from <date>', 'first day (default: 30 days ago)')
    .option('--to <date>', 'day after the last one (default: now)')
    .addOption(json())
    .action(async (options: { by: string; from?: string; to?: string } & Json, command: Command) =>
      (await load()).showSpend(options, command),
    );
}
