import type { ShareStore, StoredChannel } from '@heddle/adapters/channels';
import { HeddleError, KeyScopes, ShareConfig, type Clock, type Principal, type ResourceName } from '@heddle/core';
import { createHash } from 'node:crypto';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Credentials, Identity } from '../../auth/identity.js';
import { networkOf } from '../../http/network-of.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { RateLimits } from '../../auth/rate-limits.js';
import type { ReplySubscription } from '../../auth/rights/reply-signals.js';
import type { ChannelService } from '../channel.service.js';

/** A user who came in by a share link. */
export interface Entered {
  readonly channel: StoredChannel;
  readonly config: ShareConfig;
  /** Has the rights of the link: to run one workflow, and to read what its runs produce. */
  readonly principal: Principal;
  /** The signed-in user, if the link requires a sign-in. */
  readonly member: Principal | undefined;
  isOpen(): Promise<boolean>;
  /** Whose rights an open event stream needs, and the check that ends the stream. */
  readonly subscription: ReplySubscription;
}

/** How many wrong tokens an address may try in a minute. */
const wrongPerMinute = 60;

/** Checks the token of a share link. Unknown, expired, revoked and paused tokens get the same answer. */
export class ShareEntry {
  constructor(
    private readonly channels: ChannelService,
    private readonly shares: ShareStore,
    private readonly ownership: Ownership,
    private readonly identity: Identity,
    private readonly rates: RateLimits,
    /** The clock by which rights expire. */
    private readonly clock: Pick<Clock, 'now'>,
    /** Requests of one address in a minute. */
    private readonly ratePerMinute: number,
  ) {}

  /** Errors: `not_found` for every token that is not open, `unauthorized` if a sign-in is needed, `too_many_requests`. */
  async enter(token: string, credentials: Credentials): Promise<Entered> {
    const { rates, ratePerMinute } = this;
    rates.take(`ip:${networkOf(credentials.ip)}`, ratePerMinute);
    const found = await this.find(token);
    if (found === undefined) {
      rates.take(`bad-share:${networkOf(credentials.ip)}`, wrongPerMinute);
      throw closed();
    }
    const { channel, config, principal, resource } = found;
    const member = config.audience === 'members' ? await this.memberOf(credentials, resource) : undefined;
    const isOpen = (): Promise<boolean> => this.opens(channel.id, token);
    const check = async (now: Principal): Promise<void> => {
      if (!(await isOpen())) throw closed();
      if (member !== undefined) checkAccess(now, 'workflow:read', resource, this.clock);
    };
    return { channel, config, principal, member, isOpen, subscription: { principal: member ?? principal, check } };
  }

  private async find(
    token: string,
  ): Promise<(Pick<Entered, 'channel' | 'config' | 'principal'> & { readonly resource: ResourceName }) | undefined> {
    const { channels, shares, ownership, clock } = this;
    const id = /^hsl_[\w-]{43}$/.test(token) ? await shares.find(token) : undefined;
    if (id === undefined) return undefined;
    const channel = await channels.open('share', id);
    const config = ShareConfig.parse(channel.body);
    if (!isInTime(config, clock.now())) return undefined;
    const resource = await ownership.resourceOf('workflow', channel.workflowId);
    try {
      // A link has the current rights of its maker, limited to running this workflow.
      checkAccess(await channels.ownerOf(channel), 'run:published', resource, clock);
    } catch (error) {
      if (error instanceof HeddleError) return undefined;
      throw error;
    }
    return { channel, config, principal: principalOf(channel, config, resource.project ?? ''), resource };
  }

  /** Errors: `unauthorized`, those of `identify`; a user who may not see the workflow gets the answer of an unknown token. */
  private async memberOf(credentials: Credentials, resource: ResourceName): Promise<Principal> {
    const member = await this.identity.identify(credentials);
    if (member.kind === 'anonymous') throw new HeddleError('unauthorized', 'Sign in first: this page is for members.');
    try {
      checkAccess(member, 'workflow:read', resource, this.clock);
    } catch (error) {
      throw error instanceof HeddleError ? closed() : error;
    }
    return member;
  }

  private async opens(id: string, token: string): Promise<boolean> {
    if (!(await this.shares.isOpenedBy(id, token))) return false;
    return isInTime(ShareConfig.parse((await this.channels.open('share', id)).body), this.clock.now());
  }
}

/** The answer for every token that is not open. */
export const closed = (): HeddleError =>
  new HeddleError('not_found', 'This link does not work: it is mistyped, paused or expired.');

/**
 * The name of a user in a run: the id of the signed-in user, or part of a hash of the session that the page made. It keeps users of the
 * same link apart, so that none can follow the runs of another.
 */
export function anonymousUserOf({ channel, member }: Pick<Entered, 'channel' | 'member'>, session: string): string {
  if (member !== undefined) return member.id;
  return `visitor:${createHash('sha256').update(`${channel.id} ${session}`).digest('base64url').slice(0, 22)}`;
}

function principalOf(channel: StoredChannel, { name, expiresAt }: ShareConfig, project: string): Principal {
  return {
    kind: 'share',
    id: `share:${channel.id}`,
    name: `The link '${name}'`,
    roles: new Map([[project, ['runner']]]),
    scopes: {
      ...KeyScopes.parse({}),
      permissions: ['run:published', 'run:control', 'run:feedback'],
      workflows: [channel.workflowId],
      expiresAt,
    },
  };
}

const isInTime = ({ isPaused, expiresAt }: ShareConfig, now: number): boolean =>
  !isPaused && (expiresAt === undefined || expiresAt > now);
