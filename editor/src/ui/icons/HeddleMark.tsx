import type { ReactElement } from 'react';

/** The logo of Heddle: the eye of a heddle with its thread. */
export function HeddleMark(): ReactElement {
  return (
    <svg
      viewBox="0 0 32 32"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M9 4v24M23 4v24M9 16c4-6 10-6 14 0-4 6-10 6-14 0z" />
      <circle cx="16" cy="16" r="1.6" fill="currentColor" stroke="none" />
    </svg>
  );
}
