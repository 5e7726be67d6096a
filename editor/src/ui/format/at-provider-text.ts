import type { AtProvider } from '@heddle/core';

/** How many calls wait at a provider: `40 calls wait at the provider, submitted 14:02`. Undefined if none does. */
export function atProviderText({ gathered, submitted, since, problem }: AtProvider): string | undefined {
  const parts: string[] = [];
  if (submitted > 0) {
    const time = since === undefined ? '' : `, submitted ${timeOf(since)}`;
    parts.push(`${callsWait(submitted)} at the provider${time}`);
  }
  if (gathered > 0) parts.push(`${callsWait(gathered)} for the next batch`);
  if (problem !== undefined) parts.push(problem);
  return parts.length === 0 ? undefined : parts.join(' · ');
}

const callsWait = (count: number): string =>
  count === 1 ? '1 call waits' : `${count.toLocaleString('en')} calls wait`;

const timeOf = (time: number): string =>
  new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
