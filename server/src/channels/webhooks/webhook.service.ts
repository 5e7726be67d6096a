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

/** Outgoing webhooks, and their deliveries. */
export class WebhookService {
  constructor(
    private readonly channels: ChannelService,
    private readonly store: ChannelStore,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    /** Makes the sender check for due messages at once. */
    private readonly wake: () => void,
  ) {}

  async list(workflow: string): Promise<readonly WebhookReply[]> {
    return (await this.channels.list('webhook', workflow)).map(replyOf);
  }

  /** Creates a webhook; its secret is shown once. Errors: `workflow_not_found`, `bad_request`. */
  async create(workflow: string, config: WebhookConfig, caller: Principal): Promise<CreatedWebhookReply> {
    checkAddress(config);
    const secret = newSecret();
    return { ...replyOf(await this.channels.create('webhook', workflow, config, caller, { secret })), secret };
  }

  async change(workflow: string, id: string, config: WebhookConfig, caller: Principal): Promise<WebhookReply> {
    checkAddress(config);
    const channel = await this.channels.change('webhook', workflow, id, config, caller);
    this.wake();
    return replyOf(channel);
  }

  remove(workflow: string, id: string, caller: Principal): Promise<void> {
    return this.channels.remove('webhook', workflow, id, caller);
  }

  /** Deletes a webhook; `restore` can undo it for a few seconds. Its messages wait meanwhile. */
  deleteForNow(workflow: string, id: string, caller: Principal): Promise<void> {
    return this.channels.deleteForNow('webhook', workflow, id, caller);
  }

  /** Undoes `deleteForNow`. Errors: `not_found` after a few seconds. */
  async restore(workflow: string, id: string, caller: Principal): Promise<WebhookReply> {
    const channel = await this.channels.restore('webhook', workflow, id, caller);
    this.wake();
    return replyOf(channel);
  }

  /** Newest first. Errors: `trigger_not_found`. */
  async deliveries(
    workflow: string,
    id: string,
    { status, limit }: { readonly status?: Delivery['status'] | undefined; readonly limit: number },
  ): Promise<readonly Delivery[]> {
    await this.channels.get('webhook', workflow, id);
    return this.outbox.list(id, status, limit);
  }

  /** A delivery with its attempts. Errors: `trigger_not_found`, `delivery_not_found`. */
  async delivery(workflow: string, id: string, delivery: string): Promise<DeliveryReply> {
    const found = await this.requireDelivery(workflow, id, delivery);
    return { ...found, tries: [...(await this.outbox.tries(delivery))] };
  }

  /** Sends a delivery again, even a dead one. Errors: `trigger_not_found`, `delivery_not_found`. */
  async sendAgain(workflow: string, id: string, delivery: string, caller: Principal): Promise<Delivery> {
    const { runId, event } = await this.requireDelivery(workflow, id, delivery);
    const details = { decision: 'sent again', event, webhook: id, delivery };
    await this.audit.commit({ kind: 'egress', who: caller.id, subject: `run:${runId}`, details }, [
      this.outbox.write.sendAgain(delivery),
    ]);
    this.wake();
    return this.outbox.get(delivery);
  }

  /** Makes a new secret, which is shown once; the old one is no longer used to sign. Errors: `trigger_not_found`. */
  async changeSecret(workflow: string, id: string, given: string | undefined, caller: Principal): Promise<string> {
    const secret = given ?? newSecret();
    await this.channels.changeSecret('webhook', workflow, id, secret, caller);
    return secret;
  }

  private async requireDelivery(workflow: string, id: string, delivery: string): Promise<Delivery> {
    await this.channels.get('webhook', workflow, id);
    const found = await this.outbox.get(delivery);
    if (found.webhook !== id)
      throw new HeddleError('delivery_not_found', `There is no delivery '${delivery}' of this webhook.`);
    return found;
  }
}

/** Refuses credentials in the address: everyone who sees the workflow can read it, and they would never be used. */
function checkAddress({ url }: WebhookConfig): void {
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new HeddleError(
      'bad_request',
      'The address contains a user name or password: leave them out, the signature proves who sends.',
    );
}

function replyOf({ id, workflowId, owner, createdAt, body }: StoredChannel): WebhookReply {
  return { ...WebhookConfig.parse(body), id, workflowId, owner, createdAt };
}
