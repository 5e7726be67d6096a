import { z } from 'zod';

/*
 * Bounds of numbers in requests. Stored values are not checked, so that they can always be read.
 */

/** The message is created only when it is needed: formatting the first number loads the platform's locale data, 6 MB. */
const atMost = (most: number): { readonly error: () => string } => ({ error: () => `At most ${written(most)}` });
const written = (number: number): string => number.toLocaleString('en-US');

/** A whole number from 1. */
const upTo = (most: number) => z.int().positive().max(most, atMost(most));
const mostMoney = 1_000_000_000;
const leastMoney = 0.000_001;
/** The last millisecond that every calendar can represent. */
const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An amount of money. */
export const GivenMoney = z
  .number()
  .min(leastMoney, { error: `At least ${leastMoney}` })
  .max(mostMoney, atMost(mostMoney));
/** An amount of money, or 0. */
export const GivenMoneyOrNone = z.union([z.literal(0), GivenMoney], {
  error: () => `0, or from ${leastMoney} to ${written(mostMoney)}`,
});
/** A token limit. */
export const GivenTokens = upTo(1_000_000_000_000);
/** A limit per minute. */
export const GivenPerMinute = upTo(1_000_000);
/** A price per million tokens. */
export const GivenPrice = z.number().nonnegative().max(1_000_000, atMost(1_000_000));
/** A limit of a count. */
export const GivenCount = upTo(1_000_000_000);
/** A duration in milliseconds, up to one year. */
export const GivenLength = z.number().positive().max(31_536_000_000, { error: 'At most a year: 31,536,000,000' });
/** A time in milliseconds since the epoch. */
export const GivenTime = z
  .number()
  .positive()
  .max(lastTime, { error: 'A time in epoch milliseconds, before the year 10000' });
