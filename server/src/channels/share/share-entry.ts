import type { ShareStore, StoredChannel } from '@heddle/adapters/channels';
import { HeddleError, KeyScopes, ShareConfig, type Clock, type Principal, type ResourceName } from '@heddle/core';
import { createHash } from 'node:crypto';
import { checkAccess } from '../../auth/check-access.js';
import type { Credentials, Identity } from '../../auth/identity.js';
import { networkOf } from '../../http/network-of.js';
import type { Ownership } from '../../auth/ownership.js';
import type { RateLimits } from '../../auth/rate-limits.js';
import type { Hearing } from '../../auth/reply-signals.js';
import type { ChannelService } from '../channel.service.js';

export interface EntryParts {
  readonly channels: ChannelService;
  readonly shares: ShareStore;
  readonly ownership: Ownership;
  readonly identity: Identity;
  readonly rates: RateLimits;
  /** The clock by which rights end. */
  readonly clock: Pick<Clock, 'now'>;
  /** Requests a minute of one address. */
  readonly ratePerMinute: number;
}

/** Somebody who came in by a link. */
export interface Entered {
  readonly channel: StoredChannel;
  readonly config: ShareConfig;
  /** With the rights of the link: runs of this one workflow, and what belongs to them. */
  readonly principal: Principal;
  /** Who signed in, where the link asks for that. */
  readonly member: Principal | undefined;
  /** Whether the link still opens. */
  isOpen(): boolean;
  /** Who hears what is streamed, and what ends that. */
  readonly hearing: Hearing;
}

/** Wrong tokens a minute that one address may try. */
const wrongPerMinute = 60;

/** Lets anonymous users in by their token. A token that is unknown, expired, revoked or paused gets one and the same answer. */
export class ShareEntry {
  constructor(private readonly parts: EntryParts) {}

  /** Errors: `not_found` for every token that opens nothing, `unauthorized` where one must sign in, `too_many_requests`. */
  async enter(token: string, credentials: Credentials): Promise<Entered> {
    const { rates, ratePerMinute } = this.parts;
    rates.take(`ip:${networkOf(credentials.ip)}`, ratePerMinute);
    const found = await this.find(token);
    if (found === undefined) {
      rates.take(`bad-share:${networkOf(credentials.ip)}`, wrongPerMinute);
      throw closed();
    }
    const { channel, config, principal, resource } = found;
    const member = config.audience === 'members' ? await this.memberOf(credentials, resource) : undefined;
    const isOpen = (): boolean => this.opens(channel.id, token);
    const check = (now: Principal): void => {
      if (!isOpen()) throw closed();
      if (member !== undefined) checkAccess(now, 'workflow:read', resource, this.parts.clock);
    };
    return { channel, config, principal, member, isOpen, hearing: { principal: member ?? principal, check } };
  }

  private async find(
    token: string,
  ): Promise<(Pick<Entered, 'channel' | 'config' | 'principal'> & { readonly resource: ResourceName }) | undefined> {
    const { channels, shares, ownership, clock } = this.parts;
    const id = /^hsl_[\w-]{43}$/.test(token) ? shares.find(token) : undefined;
    if (id === undefined) return undefined;
    const channel = channels.open('share', id);
    const config = ShareConfig.parse(channel.body);
    if (!isInTime(config, clock.now())) return undefined;
    const resource = await ownership.resourceOf('workflow', channel.workflowId);
    try {
      // A link does what its maker may do at this moment, and of that only this.
      checkAccess(channels.ownerOf(channel), 'run:published', resource, clock);
    } catch (error) {
      if (error instanceof HeddleError) return undefined;
      throw error;
    }
    return { channel, config, principal: principalOf(channel, config, resource.project ?? ''), resource };
  }

  /** Errors: `unauthorized`, those of `identify`; who may not see the workflow hears what an unknown token hears. */
  private async memberOf(credentials: Credentials, resource: ResourceName): Promise<Principal> {
    const member = await this.parts.identity.identify(credentials);
    if (member.kind === 'anonymous') throw new HeddleError('unauthorized', 'Sign in first: this page is for members.');
    try {
      checkAccess(member, 'workflow:read', resource, this.parts.clock);
    } catch (error) {
      throw error instanceof HeddleError ? closed() : error;
    }
    return member;
  }

  private opens(id: string, token: string): boolean {
    if (!this.parts.shares.isOpenedBy(id, token)) return false;
    return isInTime(ShareConfig.parse(this.parts.channels.open('share', id).body), this.parts.clock.now());
  }
}

/** The one answer for a link that opens nothing. */
export const closed = (): HeddleError =>
  new HeddleError('not_found', 'This link does not work: it is mistyped, closed for now, or its time is over.');

/**
 * How a run names its visitor, so that nobody follows runs of others who has the same link: by who signed in, or by the session that
 * the page made up, of which only a part of a hash is kept.
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
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  };
}

const isInTime = ({ isPaused, expiresAt }: ShareConfig, now: number): boolean =>
  !isPaused && (expiresAt === undefined || expiresAt > now);
