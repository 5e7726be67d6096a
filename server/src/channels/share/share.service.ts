import { newToken, type ShareStore, type StoredChannel, type UploadLedger } from '@heddle/adapters/channels';
import type { BudgetLedger } from '@heddle/adapters/budgets';
import {
  HeddleError,
  ShareConfig,
  type Budget,
  type Clock,
  type CreatedShareReply,
  type Principal,
  type ShareReply,
} from '@heddle/core';
import type { PublishedRuns } from '../../publishing/published-runs.js';
import type { ChannelService } from '../channel.service.js';
import { shareInterfaceOf, usualKind } from './share-interface.js';

export interface ShareParts {
  readonly channels: ChannelService;
  readonly shares: ShareStore;
  readonly uploads: Pick<UploadLedger, 'ofShare'>;
  readonly runs: PublishedRuns;
  readonly budgets: Pick<BudgetLedger, 'save' | 'delete' | 'list'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Links under which a published workflow is used without a key: made, changed and revoked by those who may publish it. */
export class ShareService {
  constructor(private readonly parts: ShareParts) {}

  async list(workflow: string): Promise<readonly ShareReply[]> {
    return (await this.parts.channels.list('share', workflow)).map((channel) => this.replyOf(channel));
  }

  /** The token is told this once. Errors: `workflow_not_found`, `not_published`, `version_not_found`, `forbidden`, `bad_request`. */
  async create(workflow: string, config: ShareConfig, caller: Principal): Promise<CreatedShareReply> {
    const whole = await this.checked(workflow, config, caller);
    const token = newToken('hsl');
    const channel = await this.parts.channels.create('share', workflow, whole, caller, {
      also: (id) => {
        this.parts.shares.setToken(id, token);
        this.keepBudget(id, whole);
      },
    });
    return this.created(channel, token);
  }

  /** Errors: as `create`, `trigger_not_found`. */
  async change(workflow: string, id: string, config: ShareConfig, caller: Principal): Promise<ShareReply> {
    const whole = await this.checked(workflow, config, caller);
    const also = (): void => this.keepBudget(id, whole);
    return this.replyOf(await this.parts.channels.change('share', workflow, id, whole, caller, { also }));
  }

  /** A new token for a link; the old one opens nothing any more. Errors: `workflow_not_found`, `trigger_not_found`. */
  async renew(workflow: string, id: string, caller: Principal): Promise<CreatedShareReply> {
    const { body } = await this.parts.channels.get('share', workflow, id);
    const token = newToken('hsl');
    const also = (): void => this.parts.shares.setToken(id, token);
    const channel = await this.parts.channels.change('share', workflow, id, ShareConfig.parse(body), caller, {
      step: 'renewed',
      also,
    });
    return this.created(channel, token);
  }

  /** Errors: `workflow_not_found`, `trigger_not_found`. */
  revoke(workflow: string, id: string, caller: Principal): Promise<void> {
    return this.parts.channels.remove('share', workflow, id, caller, {
      step: 'revoked',
      also: () => this.keepBudget(id, undefined),
    });
  }

  /** Whoever makes a link must be able to run what it runs, and the kind must fit the version. */
  private async checked(workflow: string, config: ShareConfig, caller: Principal): Promise<ShareConfig> {
    const { version } = config;
    const { planInterface } = await this.parts.runs.workflow(workflow, caller, { version });
    const shown = shareInterfaceOf(planInterface);
    if (config.kind === 'chat' && shown.chat === undefined)
      throw new HeddleError(
        'bad_request',
        'The workflow cannot be a chat: that needs one input of text or messages, and a text output. Share it as a form.',
        { details: { field: 'kind' } },
      );
    return { ...config, kind: config.kind ?? usualKind(shown) };
  }

  /** What the runs of a link may spend is a budget like any other, over the id that its runs carry. */
  private keepBudget(id: string, config: ShareConfig | undefined): void {
    const { budgets } = this.parts;
    const name = budgetOf(id);
    const limit = config?.budget;
    if (limit === undefined) {
      if (budgets.list().some((known) => known.id === name)) budgets.delete(name);
      return;
    }
    const { money, tokens, period } = limit;
    const budget: Budget = {
      id: name,
      title: `Link: ${config?.name ?? ''}`,
      scope: { kind: 'key', id },
      period,
      limits: { ...(money === undefined ? {} : { money }), ...(tokens === undefined ? {} : { tokens }) },
      currency: 'USD',
      onLimit: 'stop',
      isEnabled: true,
    };
    budgets.save(budget);
  }

  private created(channel: StoredChannel, token: string): CreatedShareReply {
    return { ...this.replyOf(channel), token, path: `/share/${token}` };
  }

  private replyOf({ id, workflowId, owner, createdAt, body }: StoredChannel): ShareReply {
    const now = this.parts.clock.now();
    const { runs, lastRunAt } = this.parts.shares.usage(id);
    const config = ShareConfig.parse(body);
    return {
      ...config,
      kind: config.kind ?? 'form',
      ...{ id, workflowId, owner, createdAt, runsToday: runs, uploadedToday: this.parts.uploads.ofShare(id, now) },
      ...(lastRunAt === undefined ? {} : { lastRunAt }),
    };
  }
}

const budgetOf = (id: string): string => `share-${id.slice(id.indexOf('_') + 1)}`;
