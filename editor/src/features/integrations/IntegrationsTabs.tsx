import type { ReactElement } from 'react';
import { may, useMe } from '../../data/access/me-store.js';
import { Link } from '../../ui/navigation/Link.js';
import { integrationPages } from './integration-pages.js';

/** The tabs of the integrations. */
export function IntegrationsTabs({ page }: { readonly page: string }): ReactElement {
  const me = useMe();
  const shown = integrationPages.filter(
    ({ pages, permission }) =>
      pages.includes(page) || permission === undefined || me === undefined || may(me, permission),
  );
  return (
    <nav className="page-tabs" aria-label="Integrations">
      {shown.map(({ href, title, pages }) => (
        <Link key={href} href={href} aria-current={pages.includes(page) ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
