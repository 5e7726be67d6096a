import type { IdentityStores } from '@heddle/adapters/identity';
import type { Audit, ClockReply } from '@heddle/core';
import { dayMs, type ClockState, type TrustedClock } from '../common/trusted-clock.js';

/** Describes the clock of the machine, and lets a person confirm that it is right. */
export class ClockService {
  constructor(
    private readonly clock: TrustedClock,
    private readonly audit: Audit,
    private readonly stores: Pick<IdentityStores, 'sessions' | 'links'>,
  ) {}

  describe(): ClockReply {
    const state = this.clock.state();
    const message = messageOf(state);
    const { wall, trusted, ahead, wasSet, trustedAt, rightsAhead, isTrusted, aheadOfDatabase } = state;
    return {
      status: isTrusted ? 'trusted' : 'doubt',
      time: wall,
      trustedTime: trusted,
      aheadMs: ahead,
      wasSet,
      ...(isTrusted || aheadOfDatabase !== undefined ? {} : { trustedAt }),
      aheadOfDatabaseMs: aheadOfDatabase,
      ...(rightsAhead > dayMs ? { rightsAheadMs: rightsAhead } : {}),
      message,
    };
  }

  /**
   * Confirms that the clock is right from now on. Sessions and one-time links that ended by a later time stay ended. Errors: `storage_*`.
   */
  async confirm(who: string): Promise<ClockReply> {
    const { clock, audit, stores } = this;
    const { wall, trusted, ahead } = clock.state();
    const goesBack = clock.rights.now() - wall > dayMs;
    const details = { step: 'clock confirmed', time: wall, trustedTime: trusted, aheadMs: ahead } as const;
    const ended = goesBack ? [...stores.sessions.write.endEverybody(), ...stores.links.write.endEverybody()] : [];
    await audit.commit({ kind: 'setting', who, subject: 'clock', details }, ended);
    clock.confirm();
    return this.describe();
  }
}

const wayOut = 'If the clock is right, confirm it: heddle clock confirm, or POST /api/clock/confirm.';

function messageOf({
  isTrusted,
  ahead,
  trusted,
  trustedAt,
  wasSet,
  rightsAhead,
  aheadOfDatabase,
}: ClockState): string | undefined {
  if (aheadOfDatabase !== undefined) {
    const where = `${Math.round(Math.abs(aheadOfDatabase) / 60_000)} minutes ${aheadOfDatabase > 0 ? 'ahead of' : 'behind'}`;
    return `The clock of this machine is ${where} that of the database, whose time counts. Nothing is deleted until they agree: set both by a time server (NTP).`;
  }
  if (!isTrusted) {
    const where = `${daysOf(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} the time that Heddle kept (${isoOf(trusted)})`;
    const how = wasSet ? 'The clock of this machine jumped: it is' : 'The clock of this machine is';
    return `${how} ${where}. Nothing is deleted until ${isoOf(trustedAt)}. ${wayOut}`;
  }
  if (rightsAhead <= dayMs) return undefined;
  return `The clock of this machine went back by ${daysOf(rightsAhead)}. Sessions, keys and links still end by the later time. ${wayOut}`;
}

const isoOf = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function daysOf(span: number): string {
  const days = Math.round(Math.abs(span) / dayMs);
  return days === 1 ? '1 day' : `${days} days`;
}
