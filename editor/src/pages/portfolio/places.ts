import type { Permission } from '@heddle/core';

/** One of the places that the rail's entry for connections leads to. */
export interface PortfolioPlace {
  readonly href: string;
  readonly title: string;
  /** Pages of the route that belong to it. */
  readonly pages: readonly string[];
  /** Who may not do this has nothing to do there: the tabs leave it out. */
  readonly permission?: Permission;
}

/** The portfolio's places, in the order of their tabs; a further one is one entry here. */
export const portfolioPlaces: readonly PortfolioPlace[] = [
  { href: '/connections', title: 'Connections', pages: ['connections', 'connection'] },
  { href: '/tools', title: 'Tools', pages: ['tools', 'tool-server'] },
  { href: '/policies', title: 'Policies', pages: ['policies', 'policy'] },
  { href: '/spend', title: 'Spend and budgets', pages: ['spend'], permission: 'budget:read' },
  { href: '/secrets', title: 'Secrets', pages: ['secrets'], permission: 'secret:write' },
];

/** Whether a page of the route belongs to the portfolio. */
export function isPortfolioPage(page: string): boolean {
  return portfolioPlaces.some(({ pages }) => pages.includes(page));
}
