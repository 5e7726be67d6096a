/**
 * An amount of money in its currency, with as many digits as are significant.
 *
 * @example formatMoney(0.0042, 'USD') // '$0.0042'
 */
export function formatMoney(amount: number, currency: string): string {
  const digits = amount === 0 || Math.abs(amount) >= 1 ? 2 : Math.abs(amount) >= 0.01 ? 3 : 5;
  try {
    return new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    }).format(amount);
  } catch {
    return `${amount.toFixed(digits)} ${currency}`; // The three letters are not a known currency.
  }
}

/** A count in a short form: `950`, `12.4k`, `3.1M`. */
export function formatCount(count: number): string {
  if (count < 1000) return String(Math.round(count * 10) / 10);
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 }).format(count);
}

/** Amounts in all their currencies; `no cost` if nothing has a price. */
export function formatSums(money: Readonly<Record<string, number>>): string {
  const parts = Object.entries(money).filter(([, amount]) => amount > 0);
  return parts.length === 0 ? 'no cost' : parts.map(([currency, amount]) => formatMoney(amount, currency)).join(' + ');
}
