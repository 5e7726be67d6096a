import { z } from 'zod';

/*
 * Bounds of the numbers that people write. They stand at the requests alone: what is stored stays readable, whatever it holds.
 */

const atMost = (most: number): { readonly error: string } => ({ error: `At most ${most.toLocaleString('en-US')}` });

/** A whole number from 1. */
const upTo = (most: number) => z.int().positive().max(most, atMost(most));
const mostMoney = 1_000_000_000;
const leastMoney = 0.000_001;
/** The last millisecond that every calendar can write. */
const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An amount of money that something may cost. */
export const GivenMoney = z
  .number()
  .min(leastMoney, { error: `At least ${leastMoney}` })
  .max(mostMoney, atMost(mostMoney));
/** An amount of money, or 0 for none at all. */
export const GivenMoneyOrNone = z.union([z.literal(0), GivenMoney], {
  error: `0, or from ${leastMoney} to ${mostMoney.toLocaleString('en-US')}`,
});
/** Most tokens. */
export const GivenTokens = upTo(1_000_000_000_000);
/** Most of what is counted in a minute. */
export const GivenPerMinute = upTo(1_000_000);
/** A price of a million tokens. */
export const GivenPrice = z.number().nonnegative().max(1_000_000, atMost(1_000_000));
/** Most of what is counted one by one. */
export const GivenCount = upTo(1_000_000_000);
/** A length of time in milliseconds, up to a year. */
export const GivenLength = z.number().positive().max(31_536_000_000, { error: 'At most a year: 31,536,000,000' });
/** A moment, in epoch milliseconds. */
export const GivenTime = z
  .number()
  .positive()
  .max(lastTime, { error: 'A time in epoch milliseconds, before the year 10000' });
