import { Option, type Command } from 'commander';
import { collect, lazily } from './options.js';

/** Adds the commands for tool servers, connections, secrets and costs. */
export function addHybrid(program: Command): void {
  addTools(program);
  addConnections(program);
  addSecrets(program);
  addMoney(program);
}

function addTools(program: Command): void {
  const load = () => import('../commands/access/tools.js');
  const tools = program.command('tools').description('tool servers (MCP) that agents may use');
  tools
    .command('list [server]', { isDefault: true })
    .description('list the servers, or the tools of one')
    .action(lazily(async () => (await load()).listTools));
  tools
    .command('add <id> [command...]')
    .description(
      "register a server: by --url, or a command behind '--'; '{secret:NAME}' ends a value with a stored secret",
    )
    .option('--url <address>', 'address of a server that speaks streamable HTTP')
    .option('--header <name=value>', 'a header; may be given again', collect, [])
    .option('--inside', 'the address may be in the internal network or on this machine')
    .option('--sign-in', 'a person signs in to it (OAuth), with heddle tools sign-in or on the page Tools')
    .option('--env <name=value>', 'a variable of the command; may be given again', collect, [])
    .option('--folder <path>', 'working folder of the command')
    .option('--clearance <level>', 'the strictest data that its tools may be given (default: internal)')
    .option('--label <level>', 'results of its tools have at least this level (default: internal)')
    .option('--local', 'data sent to it stays on this machine')
    .option('--sampling-model <model>', 'the model that it may use for sampling during a call (default: none)')
    .option('--title <title>', 'how people call it')
    .action(lazily(async () => (await load()).addTools));
  const signIn = () => import('../commands/access/sign-in-tools.js');
  tools
    .command('sign-in <server>')
    .description('sign in to a server (OAuth): prints the address of the consent page, and waits')
    .action(lazily(async () => (await signIn()).signInTools));
  tools
    .command('sign-out <server>')
    .description('forget the tokens of a server')
    .action(lazily(async () => (await signIn()).signOutTools));
  tools
    .command('test <server>')
    .description('connect to a server and list what it offers')
    .action(lazily(async () => (await load()).testTools));
  tools
    .command('approve <tool>')
    .description('approve a tool as it is now (SERVER__TOOL), or with --all every tool of a server that waits')
    .option('--effects <list>', 'what it does: read, write, send, execute, spend, separated by commas')
    .option('--hash <hash>', 'only if its definition still has this hash')
    .option('--all', 'every new or changed tool of the server')
    .action(lazily(async () => (await load()).approveTools));
  tools
    .command('disable <tool>')
    .description('switch a tool off until it is approved again')
    .action(lazily(async () => (await load()).disableTool));
  tools
    .command('remove <server>')
    .description('remove a server with every approval of its tools')
    .action(lazily(async () => (await load()).removeTools));
}

function addConnections(program: Command): void {
  const load = () => import('../commands/access/connections.js');
  const connections = program.command('connections').description('connections to models of providers');
  connections
    .command('list', { isDefault: true })
    .description('list the connections')
    .action(lazily(async () => (await load()).listConnections));
  connections
    .command('add <id>')
    .description('add a connection')
    .option('--preset <preset>', 'preset to start from, such as openai, anthropic, google, ollama or vllm')
    .option('--kind <kind>', 'openai, azure-openai, anthropic, google or openai-compatible')
    .option('--url <address>', 'base address')
    .option('--clearance <level>', 'the strictest data that may be sent there (default: internal)')
    .option('--file <file>', 'prices, limits and the rest as JSON; - for standard input')
    .action(lazily(async () => (await load()).addConnection));
  connections
    .command('key <id>')
    .description('store its key, which is read from standard input')
    .action(lazily(async () => (await load()).setConnectionKey));
  connections
    .command('test <id>')
    .description('make a minimal real call')
    .option('--model <model>', 'the model to ask')
    .action(lazily(async () => (await load()).testConnection));
  connections
    .command('remove <id>')
    .description('remove a connection with its key')
    .action(lazily(async () => (await load()).removeConnection));
}

function addSecrets(program: Command): void {
  const load = () => import('../commands/access/secrets.js');
  const installation = () => new Option('--installation', 'secrets of the installation, not of the first project');
  const secrets = program.command('secrets').description('secrets that nodes and tool servers name');
  secrets
    .command('list', { isDefault: true })
    .description('list them with their hosts; never their values')
    .addOption(installation())
    .action(lazily(async () => (await load()).listSecrets));
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
    .action(lazily(async () => (await load()).setSecret));
  secrets
    .command('remove <name>')
    .description('remove a secret')
    .addOption(installation())
    .action(lazily(async () => (await load()).removeSecret));
}

function addMoney(program: Command): void {
  const load = () => import('../commands/money.js');
  const budgets = program.command('budgets').description('hard limits on what calls may use');
  budgets
    .command('list', { isDefault: true })
    .description('list the budgets with what was spent')
    .action(lazily(async () => (await load()).listBudgets));
  budgets
    .command('set <file>')
    .description('create or replace a budget from JSON; - for standard input')
    .action(lazily(async () => (await load()).setBudget));
  budgets
    .command('remove <id>')
    .description('remove a budget')
    .action(lazily(async () => (await load()).removeBudget));
  const policies = program.command('policies').description('routing policies');
  policies
    .command('list', { isDefault: true })
    .description('list the policies')
    .action(lazily(async () => (await load()).listPolicies));
  policies
    .command('show <name>')
    .description('print a policy as JSON')
    .action(lazily(async () => (await load()).showPolicy));
  policies
    .command('set <file>')
    .description('create or replace a policy from JSON; - for standard input')
    .action(lazily(async () => (await load()).setPolicy));
  policies
    .command('remove <name>')
    .description('remove a policy')
    .action(lazily(async () => (await load()).removePolicy));
  program
    .command('spend')
    .description('the cost of model calls')
    .addOption(
      new Option('--by <what>', 'how costs are grouped')
        .choices(['day', 'model', 'workflow', 'connection', 'key'])
        .default('day'),
    )
    .option('--from <date>', 'first day (default: 30 days ago)')
    .option('--to <date>', 'day after the last one (default: now)')
    .action(lazily(async () => (await load()).showSpend));
}
