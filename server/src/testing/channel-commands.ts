/** A command that changes something: its name, the kind and subject of its audit event, and a function that runs it. */
export type CommandExample = readonly [name: string, kind: string, subject: string, run: () => Promise<unknown>];

/** Runs a `heddle` command on one data folder and returns what it prints. */
export type TypedCommand = (...args: readonly string[]) => Promise<{ readonly stdout: string }>;

/**
 * Lists every change of hooks, webhooks, schedules, batches and links of a published workflow whose one input is `question`. The order
 * matters: each command uses what earlier ones created.
 */
export function channelCommands(heddle: TypedCommand, slug: string, rows: () => string): readonly CommandExample[] {
  const ids = new Map<string, string>();
  const make = async (group: string, ...args: readonly string[]): Promise<void> => {
    const { stdout } = await heddle(group, 'create', slug, ...args, '--json');
    ids.set(group, (JSON.parse(stdout) as { id: string }).id);
  };
  const on = (group: string, verb: string): CommandExample => [
    `${group} ${verb}`,
    ...(['publish', 'workflow:'] as const),
    () => heddle(group, verb, slug, ids.get(group) ?? ''),
  ];
  return [
    ['hooks create', 'publish', 'workflow:', () => make('hooks', 'orders', '--input', 'question=body.text')],
    ...['secret', 'pause', 'resume', 'remove'].map((verb) => on('hooks', verb)),
    ['webhooks create', 'publish', 'workflow:', () => make('webhooks', 'told', 'https://example.org/told')],
    ...['secret', 'pause', 'resume', 'remove'].map((verb) => on('webhooks', verb)),
    [
      'schedules create',
      'publish',
      'workflow:',
      () => make('schedules', 'morning', '0 9 * * *', '--input', 'question=why'),
    ],
    ['schedules run-now', 'run', 'run:', () => heddle('schedules', 'run-now', slug, ids.get('schedules') ?? '')],
    ...['pause', 'resume', 'remove'].map((verb) => on('schedules', verb)),
    ['share create', 'publish', 'workflow:', () => make('share', 'site', '--kind', 'form')],
    ...['renew', 'pause', 'resume', 'revoke'].map((verb) => on('share', verb)),
    ['batches create', 'job', 'workflow:', () => make('batches', rows())],
    ['batches remove', 'job', 'workflow:', () => heddle('batches', 'remove', slug, ids.get('batches') ?? '')],
  ];
}
