import { newToken, type ShareStore, type StoredChannel, type UploadLedger } from '@heddle/adapters/channels';
import type { BudgetLedger } from '@heddle/adapters/budgets';
import {
  HeddleError,
  ShareConfig,
  type Budget,
  type Clock,
  type CreatedShareReply,
  type GuardedWrite,
  type Principal,
  type ShareKind,
  type ShareReply,
} from '@heddle/core';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';
import type { ChannelService } from '../channel.service.js';
import { shareInterfaceOf, usualKind } from './share-interface.js';

/** Share links. Users who may publish the workflow create, change and revoke them. */
export class ShareService {
  constructor(
    private readonly channels: ChannelService,
    private readonly shares: ShareStore,
    private readonly uploads: Pick<UploadLedger, 'ofShare'>,
    private readonly runs: PublishedRuns,
    private readonly budgets: Pick<BudgetLedger, 'write'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async list(workflow: string): Promise<readonly ShareReply[]> {
    const channels = await this.channels.list('share', workflow);
    return Promise.all(channels.map((channel) => this.replyOf(channel)));
  }

  /**
   * Creates a link; its token is shown once. Errors: `workflow_not_found`, `not_published`, `version_not_found`, `forbidden`,
   * `bad_request`.
   */
  async create(workflow: string, config: ShareConfig, caller: Principal): Promise<CreatedShareReply> {
    const whole = await this.checked(workflow, config, caller);
    const token = newToken('hsl');
    const channel = await this.channels.create('share', workflow, whole, caller, {
      also: (id) => [this.shares.setToken(id, token), ...this.budgetWrites(id, whole)],
    });
    return this.created(channel, token);
  }

  /** Errors: as `create`, `trigger_not_found`. */
  async change(workflow: string, id: string, config: ShareConfig, caller: Principal): Promise<ShareReply> {
    const whole = await this.checked(workflow, config, caller);
    const also = (): readonly GuardedWrite[] => this.budgetWrites(id, whole);
    return this.replyOf(await this.channels.change('share', workflow, id, whole, caller, { also }));
  }

  /** Gives a link a new token; the old one stops working. Errors: `workflow_not_found`, `trigger_not_found`. */
  async renew(workflow: string, id: string, caller: Principal): Promise<CreatedShareReply> {
    const { body } = await this.channels.get('share', workflow, id);
    const token = newToken('hsl');
    const also = (): readonly GuardedWrite[] => [this.shares.setToken(id, token)];
    const channel = await this.channels.change('share', workflow, id, ShareConfig.parse(body), caller, {
      step: 'renewed',
      also,
    });
    return this.created(channel, token);
  }

  /** Errors: `workflow_not_found`, `trigger_not_found`. */
  revoke(workflow: string, id: string, caller: Principal): Promise<void> {
    return this.channels.remove('share', workflow, id, caller, {
      step: 'revoked',
      also: () => this.budgetWrites(id, undefined),
    });
  }

  /** Checks that the maker of a link may run the workflow, and that the kind of page fits the version. */
  private async checked(workflow: string, config: ShareConfig, caller: Principal): Promise<ShareConfig> {
    const { version } = config;
    const { planInterface } = await this.runs.workflow(workflow, caller, { version });
    const shown = shareInterfaceOf(planInterface);
    if (config.kind === 'chat' && shown.chat === undefined)
      throw new HeddleError(
        'bad_request',
        'The workflow cannot be a chat: that needs one input of text or messages, and a text output. Share it as a form.',
        { details: { field: 'kind' } },
      );
    return { ...config, kind: config.kind ?? usualKind(shown) };
  }

  /** The budget of a link is an ordinary budget; it applies to the key id that the link's runs have. */
  private budgetWrites(id: string, config: ShareConfig | undefined): readonly GuardedWrite[] {
    const { write } = this.budgets;
    const name = budgetOf(id);
    const limit = config?.budget;
    if (limit === undefined) return write.forget(name);
    const { money, tokens, period } = limit;
    const budget: Budget = {
      id: name,
      title: `Link: ${config?.name ?? ''}`,
      scope: { kind: 'key', id },
      period,
      limits: { money, tokens },
      currency: 'USD',
      onLimit: 'stop',
      isEnabled: true,
    };
    return write.save(budget);
  }

  private async created(channel: StoredChannel, token: string): Promise<CreatedShareReply> {
    return { ...(await this.replyOf(channel)), token, path: `/share/${token}` };
  }

  /** The kind of page of a link that was stored without one. Without a version there is no page, and the kind is `form`. */
  private async kindOf(workflowId: string, { version }: ShareConfig): Promise<ShareKind> {
    const planInterface = await this.runs.interfaceOf(workflowId, version);
    return planInterface === undefined ? 'form' : usualKind(shareInterfaceOf(planInterface));
  }

  private async replyOf({ id, workflowId, owner, createdAt, body }: StoredChannel): Promise<ShareReply> {
    const now = this.clock.now();
    const { runs, lastRunAt } = await this.shares.usage(id);
    const uploadedToday = await this.uploads.ofShare(id, now);
    const config = ShareConfig.parse(body);
    return {
      ...config,
      kind: config.kind ?? (await this.kindOf(workflowId, config)),
      id,
      workflowId,
      owner,
      createdAt,
      runsToday: runs,
      uploadedToday,
      lastRunAt,
    };
  }
}

const budgetOf = (id: string): string => `share-${id.slice(id.indexOf('_') + 1)}`;
