import {
  HeddleError,
  withoutUndefined,
  type Audit,
  type Principal,
  type RetentionRule,
  type RetentionRules,
  type RetentionRulesReply,
} from '@heddle/core';

interface RetentionParts {
  readonly rules: RetentionRules;
  readonly audit: Pick<Audit, 'commit'>;
  /** How many days the installation keeps conversations; 0 means for ever. */
  readonly settings: { readonly keepConversationsDays: number };
  /** Errors: `project_not_found`. */
  readonly checkProject: (id: string) => Promise<void>;
}

/** How long projects keep conversations and facts. The rule of a project can only shorten the time of the installation. */
export class RetentionService {
  constructor(private readonly parts: RetentionParts) {}

  /** Errors: `project_not_found`. */
  async read(project: string): Promise<RetentionRulesReply> {
    const { rules, checkProject } = this.parts;
    await checkProject(project);
    return withoutUndefined({
      rules: (await rules.list(project)).map(({ project: _project, ...rule }) => rule),
      most: this.most,
    });
  }

  /**
   * Replaces the rules of a project. Errors: `project_not_found`, `bad_request` for a rule that is longer than the time of the
   * installation.
   */
  async set(caller: Principal, project: string, rules: readonly RetentionRule[]): Promise<RetentionRulesReply> {
    const { audit, rules: store, checkProject } = this.parts;
    await checkProject(project);
    const { most = Infinity } = this;
    const longest = rules.find(({ days }) => days > most);
    if (longest !== undefined)
      throw new HeddleError(
        'bad_request',
        `A rule has ${longest.days} days, and this installation keeps conversations for ${most}: a project can only shorten that. Enter at most ${most}.`,
        { details: { field: `rules.${rules.indexOf(longest)}.days`, most } },
      );
    const details = { step: 'retention changed', rules: rules.map((rule) => ({ ...rule })) } as const;
    await audit.commit(
      { kind: 'project', who: caller.id, project, subject: `project:${project}`, details },
      store.write.set(project, rules),
    );
    return this.read(project);
  }

  private get most(): number | undefined {
    const { keepConversationsDays } = this.parts.settings;
    return keepConversationsDays === 0 ? undefined : keepConversationsDays;
  }
}
