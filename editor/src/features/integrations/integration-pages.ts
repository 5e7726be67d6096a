import type { Permission } from '@heddle/core';

interface IntegrationPage {
  readonly href: string;
  readonly title: string;
  /** The pages of the route that belong to this tab. */
  readonly pages: readonly string[];
  /** Users without this permission do not see the tab. */
  readonly permission?: Permission;
}

/** The pages of the integrations in the order of their tabs. Add an entry to add a page. */
export const integrationPages: readonly IntegrationPage[] = [
  { href: '/connections', title: 'Connections', pages: ['connections', 'connection'] },
  { href: '/tools', title: 'Tools', pages: ['tools', 'tool-server'] },
  { href: '/policies', title: 'Policies', pages: ['policies', 'policy'] },
  { href: '/spend', title: 'Spend and budgets', pages: ['spend'], permission: 'budget:read' },
  { href: '/secrets', title: 'Secrets', pages: ['secrets'], permission: 'secret:write' },
];

/** Whether a page of the route belongs to the integrations. */
export function isIntegrationsPage(page: string): boolean {
  return integrationPages.some(({ pages }) => pages.includes(page));
}
