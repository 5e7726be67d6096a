import type { ChannelStore, Outbox, StoredChannel } from '@heddle/adapters/channels';
import {
  HeddleError,
  WebhookConfig,
  type CreatedWebhookReply,
  type Audit,
  type Delivery,
  type DeliveryReply,
  type Principal,
  type WebhookReply,
} from '@heddle/core';
import type { ChannelService } from '../channel.service.js';
import { newSecret } from './hook.service.js';

export interface WebhookParts {
  readonly channels: ChannelService;
  readonly store: ChannelStore;
  readonly outbox: Outbox;
  readonly audit: Audit;
  /** Looks at once for what is to be sent. */
  wake(): void;
}

/** Webhooks that are told what becomes of runs, and what they were told. */
export class WebhookService {
  constructor(private readonly parts: WebhookParts) {}

  async list(workflow: string): Promise<readonly WebhookReply[]> {
    return (await this.parts.channels.list('webhook', workflow)).map(replyOf);
  }

  /** The secret is told this once. Errors: `workflow_not_found`, `bad_request`. */
  async create(workflow: string, config: WebhookConfig, caller: Principal): Promise<CreatedWebhookReply> {
    checkAddress(config);
    const secret = newSecret();
    return { ...replyOf(await this.parts.channels.create('webhook', workflow, config, caller, { secret })), secret };
  }

  async change(workflow: string, id: string, config: WebhookConfig, caller: Principal): Promise<WebhookReply> {
    checkAddress(config);
    const channel = await this.parts.channels.change('webhook', workflow, id, config, caller);
    this.parts.wake();
    return replyOf(channel);
  }

  remove(workflow: string, id: string, caller: Principal): Promise<void> {
    return this.parts.channels.remove('webhook', workflow, id, caller);
  }

  /** Newest first. Errors: `trigger_not_found`. */
  async deliveries(
    workflow: string,
    id: string,
    { status, limit }: { readonly status?: Delivery['status'] | undefined; readonly limit: number },
  ): Promise<readonly Delivery[]> {
    await this.parts.channels.get('webhook', workflow, id);
    return this.parts.outbox.list(id, status, limit);
  }

  /** With how each try went. Errors: `trigger_not_found`, `delivery_not_found`. */
  async delivery(workflow: string, id: string, delivery: string): Promise<DeliveryReply> {
    const found = await this.find(workflow, id, delivery);
    return { ...found, tries: [...this.parts.outbox.tries(delivery)] };
  }

  /** Sends a delivery again, dead or not. Errors: `trigger_not_found`, `delivery_not_found`. */
  async sendAgain(workflow: string, id: string, delivery: string, caller: Principal): Promise<Delivery> {
    const { runId, event } = await this.find(workflow, id, delivery);
    const details = { decision: 'sent again', event, webhook: id, delivery };
    const entry = { act: 'egress', who: caller.id, subject: `run:${runId}`, isAllowed: true, details } as const;
    await this.parts.audit.write([entry], () => this.parts.outbox.sendAgain(delivery));
    this.parts.wake();
    return this.parts.outbox.get(delivery);
  }

  /** A new secret; the one before signs nothing from now on. Told this once. Errors: `trigger_not_found`. */
  async changeSecret(workflow: string, id: string, given: string | undefined, caller: Principal): Promise<string> {
    const secret = given ?? newSecret();
    await this.parts.channels.changeSecret('webhook', workflow, id, secret, caller);
    return secret;
  }

  private async find(workflow: string, id: string, delivery: string): Promise<Delivery> {
    await this.parts.channels.get('webhook', workflow, id);
    const found = this.parts.outbox.get(delivery);
    if (found.webhook !== id)
      throw new HeddleError('delivery_not_found', `There is no delivery '${delivery}' of this webhook.`);
    return found;
  }
}

/** An address is read by all who see the workflow, and is never called with what it holds of a sign-in. */
function checkAddress({ url }: WebhookConfig): void {
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new HeddleError(
      'bad_request',
      'The address holds a user name or password: leave them out, the signature says who sends.',
    );
}

function replyOf({ id, workflowId, owner, createdAt, body }: StoredChannel): WebhookReply {
  return { ...WebhookConfig.parse(body), id, workflowId, owner, createdAt };
}
