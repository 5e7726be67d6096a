import {
  HeddleError,
  toHeddleError,
  type AlertChannelConfig,
  type AlertChannelReply,
  type AlertEvent,
  type AlertReply,
  type AlertRule,
  type AlertStore,
  type AlertTestReply,
  type Audit,
  type AuditActor,
  type Clock,
  type CreatedAlertChannel,
  type GuardedWrite,
  type SilenceRequest,
  type StoredAlert,
  type StoredAlertChannel,
} from '@heddle/core';
import { newId } from '@heddle/adapters/channels';
import type { Ownership } from '../auth/rights/ownership.js';
import { newSecret } from '../channels/webhooks/hook.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { alertMessage } from './alert-message.js';
import { destinationOf } from './destination-of.js';
import { sendAlert, type SendSources } from './send-alert.js';

interface AlertSources extends Omit<SendSources, 'store'> {
  readonly store: AlertStore;
  readonly ownership: Pick<Ownership, 'newIn' | 'write' | 'projectsOf'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly audit: Pick<Audit, 'write' | 'commit'>;
  readonly clock: Clock;
  readonly publicUrl: string | undefined;
}

const mostRules = 500;
const mostChannels = 100;

/**
 * Manages alert rules, channels, silences and test messages. A rule belongs to one project and sends through its channels. Each change is
 * an audit event.
 */
export class AlertService {
  constructor(private readonly sources: AlertSources) {}

  async list(shows: (id: string) => boolean): Promise<readonly AlertReply[]> {
    const rules = await this.sources.store.rules();
    return rules.filter(({ id }) => shows(id)).map((alert) => this.reply(alert));
  }

  /** Errors: `alert_not_found`. */
  async get(id: string): Promise<AlertReply> {
    return this.reply(await this.sources.store.rule(id));
  }

  /** Errors: `project_not_found`, `workflow_not_found`, `alert_channel_not_found`, `conflict` with too many rules. */
  async create(given: AlertRule, project: string, by: AuditActor): Promise<AlertReply> {
    const { store, ownership } = this.sources;
    await ownership.newIn('alert', project);
    refuseMore((await store.rules()).filter((each) => each.project === project).length, mostRules, 'alerts');
    const rule = await this.checked(given, project);
    const id = newId('a');
    await this.audited(`alert:${id}`, 'alert saved', by, [
      ...store.write.save({ id, project, owner: by.who, rule }),
      ...ownership.write.assign('alert', id, project),
    ]);
    return this.get(id);
  }

  /** Changes a rule; its state stays. Errors: `alert_not_found` and those of `create`. */
  async change(id: string, given: AlertRule, by: AuditActor): Promise<AlertReply> {
    const { store } = this.sources;
    const { project } = await store.rule(id);
    const rule = await this.checked(given, project);
    await this.audited(`alert:${id}`, 'alert saved', by, store.write.save({ id, project, owner: by.who, rule }));
    return this.get(id);
  }

  /** Errors: `alert_not_found`. */
  async remove(id: string, by: AuditActor): Promise<void> {
    const { store } = this.sources;
    await this.audited(`alert:${id}`, 'alert removed', by, [
      ...store.write.remove(id),
      ...this.sources.ownership.write.forget('alert', id),
    ]);
  }

  /** Errors: `alert_not_found`. */
  async silence(id: string, { minutes, reason }: SilenceRequest, by: AuditActor): Promise<AlertReply> {
    const { store, clock } = this.sources;
    const until = minutes === 0 ? undefined : clock.now() + minutes * 60_000;
    await this.audited(
      `alert:${id}`,
      until === undefined ? 'silence ended' : 'silenced',
      by,
      store.write.silence(id, until),
      { minutes, reason },
    );
    return this.get(id);
  }

  /** Newest first. Errors: `alert_not_found`. */
  async history(id: string, limit: number): Promise<readonly AlertEvent[]> {
    await this.sources.store.rule(id);
    return this.sources.store.history(id, limit);
  }

  async channels(shows: (id: string) => boolean): Promise<readonly AlertChannelReply[]> {
    const channels = await this.sources.store.channels();
    return Promise.all(channels.filter(({ id }) => shows(id)).map((channel) => this.channelReply(channel)));
  }

  /**
   * Creates a channel. The secret of a webhook is shown once. Errors: `project_not_found`, `bad_request`, `conflict` with too many
   * channels.
   */
  async createChannel(given: AlertChannelConfig, project: string, by: AuditActor): Promise<CreatedAlertChannel> {
    const { store, ownership } = this.sources;
    await ownership.newIn('alert', project);
    refuseMore(
      (await store.channels()).filter((each) => each.project === project).length,
      mostChannels,
      'alert channels',
    );
    checkAddress(given);
    const id = newId('ac');
    const secret = given.kind === 'webhook' ? newSecret() : given.kind === 'slack' ? given.url : undefined;
    const config = given.kind === 'slack' ? { ...given, url: new URL(given.url).origin } : given;
    await this.audited(
      `alert-channel:${id}`,
      'alert channel made',
      by,
      [
        ...store.write.addChannel({ id, project, owner: by.who, config }, secret),
        ...ownership.write.assign('alert', id, project),
      ],
      { destination: destinationOf(config) },
    );
    const reply = await this.channelReply(await store.channel(id));
    return given.kind === 'webhook' ? { ...reply, secret } : reply;
  }

  /** Removes a channel. Rules that name it no longer send through it. Errors: `alert_channel_not_found`. */
  async removeChannel(id: string, by: AuditActor): Promise<void> {
    const { store } = this.sources;
    await this.audited(`alert-channel:${id}`, 'alert channel removed', by, [
      ...store.write.removeChannel(id),
      ...this.sources.ownership.write.forget('alert', id),
    ]);
  }

  /** Sends a test message now and reports the result. Errors: `alert_channel_not_found`. */
  async test(id: string, by: AuditActor): Promise<AlertTestReply> {
    const { store, audit, clock, publicUrl } = this.sources;
    const channel = await store.channel(id);
    const about = { id: 'test', project: channel.project, rule: testRule };
    const text = 'This is a test: nothing fires.';
    const event = { kind: 'test' as const, at: clock.now(), text, value: undefined, runs: [] };
    const message = JSON.stringify(alertMessage(about, event, publicUrl));
    const delivery = newId('al');
    let error: HeddleError | undefined;
    try {
      await sendAlert(this.sources, channel, delivery, message, new AbortController().signal);
    } catch (thrown) {
      error = toHeddleError(thrown);
    }
    const decision = error === undefined ? 'sent' : 'dead';
    const details = { decision, destination: destinationOf(channel.config), event: 'test', delivery } as const;
    await audit.write({
      kind: 'egress',
      ...by,
      subject: `alert-channel:${id}`,
      isAllowed: error === undefined,
      details,
    });
    return error === undefined ? { isSent: true } : { isSent: false, error: `${error.message} (${error.code})` };
  }

  private async checked(rule: AlertRule, project: string): Promise<AlertRule> {
    const { store, ownership, workflows } = this.sources;
    for (const channel of rule.channels)
      if ((await store.channel(channel)).project !== project)
        throw new HeddleError('alert_channel_not_found', `There is no alert channel '${channel}' in this project.`);
    const { workflow } = rule.filter;
    if (workflow === undefined) return rule;
    const { id } = await workflows.get(workflow);
    if (!ownership.projectsOf('workflow', id).includes(project))
      throw new HeddleError('workflow_not_found', `There is no workflow '${workflow}' in this project.`);
    return { ...rule, filter: { ...rule.filter, workflow: id } };
  }

  private async audited(
    subject: `alert:${string}` | `alert-channel:${string}`,
    step: AlertStep,
    by: AuditActor,
    writes: readonly GuardedWrite[],
    more: { readonly minutes?: number; readonly reason?: string; readonly destination?: string } = {},
  ): Promise<void> {
    await this.sources.audit.commit({ kind: 'setting', ...by, subject, details: { step, ...more } }, writes);
  }

  private reply({ id, project, owner, rule, state, silentUntil, createdAt }: StoredAlert): AlertReply {
    const isSilent = silentUntil !== undefined && silentUntil > this.sources.clock.now();
    return { ...rule, id, project, owner, createdAt, state, ...(isSilent ? { silentUntil } : {}) };
  }

  private async channelReply({ id, project, config, createdAt }: StoredAlertChannel): Promise<AlertChannelReply> {
    const last = await this.sources.store.lastDelivery(id);
    const { kind, name } = config;
    return { id, project, kind, name, createdAt, destination: destinationOf(config), ...(last && { last }) };
  }
}

type AlertStep =
  'alert saved' | 'alert removed' | 'silenced' | 'silence ended' | 'alert channel made' | 'alert channel removed';

const testRule: AlertRule = {
  name: 'Test of this channel',
  severity: 'info',
  filter: {},
  currency: 'USD',
  condition: { kind: 'threshold', metric: 'runs', is: 'above', value: 0, windowMinutes: 15, atLeast: 1 },
  forMinutes: 0,
  channels: [],
  repeatHours: 0,
  isEnabled: true,
};

function refuseMore(count: number, most: number, what: string): void {
  if (count >= most) throw new HeddleError('conflict', `A project has ${most} ${what} at most: remove one first.`);
}

/** Refuses credentials in the address of a webhook: members can see the address, and such credentials would never be used. */
function checkAddress(config: AlertChannelConfig): void {
  if (config.kind === 'email') return;
  const { username, password } = new URL(config.url);
  if (username !== '' || password !== '')
    throw new HeddleError('bad_request', 'The address holds a user name or password: leave them out.');
}
