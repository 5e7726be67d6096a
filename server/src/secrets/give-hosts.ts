import type { Audit } from '@heddle/core';
import type { Log } from '../common/log.js';
import { learnSecretHosts, type LearnParts } from './learn-hosts.js';

/** At the first start with cards: secrets of before get their hosts, which the audit record and the log tell. */
export async function giveSecretsHosts(sources: LearnParts, audit: Audit, log: Log): Promise<void> {
  const cards = await learnSecretHosts(sources);
  if (cards.length === 0) return;
  await audit.write(
    cards.map(({ name, owner, hosts, uses, needsHost }) => ({
      act: 'secret' as const,
      who: 'heddle',
      subject: `secret:${name}`,
      isAllowed: true,
      details: { step: 'hosts learned', owner, hosts, uses, needsHost },
    })),
  );
  const names = cards.filter(({ needsHost }) => needsHost).map(({ name }) => name);
  if (names.length > 0)
    log.warn({ secrets: names }, 'Secrets are sent to addresses that only runs know: name their hosts.');
}
