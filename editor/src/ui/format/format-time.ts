const minute = 60_000;
const day = 86_400_000;

/** The time since, as text: `just now`, `5 min ago`, `3 h ago`, then the date. */
export function formatAgo(time: number, now: number): string {
  const passed = now - time;
  if (passed < minute) return 'just now';
  if (passed < 60 * minute) return `${Math.floor(passed / minute)} min ago`;
  if (passed < day) return `${Math.floor(passed / (60 * minute))} h ago`;
  if (passed < 7 * day) return `${Math.floor(passed / day)} d ago`;
  return new Date(time).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}
