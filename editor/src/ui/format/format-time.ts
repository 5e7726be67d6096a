const minute = 60_000;
const day = 86_400_000;

/** The time until a moment: `in 5 min`, `in 3 h`; further away, the date and time of day. */
export function formatUntil(time: number, now: number): string {
  const left = time - now;
  if (left < minute) return 'in less than a minute';
  if (left < 60 * minute) return `in ${Math.round(left / minute)} min`;
  if (left < day) return `in ${Math.round(left / (60 * minute))} h`;
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The time since a moment: `just now`, `5 min ago`, `3 h ago`; longer ago, the date. */
export function formatAgo(time: number, now: number): string {
  const passed = now - time;
  if (passed < minute) return 'just now';
  if (passed < 60 * minute) return `${Math.floor(passed / minute)} min ago`;
  if (passed < day) return `${Math.floor(passed / (60 * minute))} h ago`;
  if (passed < 7 * day) return `${Math.floor(passed / day)} d ago`;
  return new Date(time).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}
